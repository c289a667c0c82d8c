"""The phrases of crisis.py in Spanish; crisis_english.py says how they are written."""

from __future__ import annotations

WORDS = {
    "QUIERO": "quiero|quisiera|queria|quiere|deseo|gustaria|ganas de|prefiero|preferiria|ojala|deberia",
}

SPANISH = (
    # Dicho sin rodeos
    r"(matarme|matarse|me mato|me voy a matar|me quiero matar)",
    r"(quitarme|quitarse|quitarnos) (la vida|de en medio)",
    r"(acabar|terminar|acabe|termine) con (todo|mi vida|esto|mi sufrimiento|el dolor)",
    r"(poner|ponerle|dar) fin a (mi vida|todo|esto)",
    r"(cortarme|me corto|quemarme|ahorcarme|colgarme|envenenarme|autolesi*|lastimarme)",
    r"(hacerme|hacerse|hacerle) dano",
    r"(sobredosis|pastillas|pegarme un tiro|cortarme las venas)",
    r"(tirarme|lanzarme|arrojarme|saltar) (de|del|desde|por|al|a) (la|un|una|el|puente|tren|metro|balcon|ventana|vacio)",  # noqa: E501 - one idea
    # Querer estar muerto, o dormido para siempre
    r"QUIERO ... (morir|morirme|morirse|muerto|muerta)",
    r"(estaria|estar) (mejor )?(muerto|muerta)",
    r"(me|mejor) (muero|muera)",
    r"(me quiero ir|quiero irme|irme) (de este mundo|para siempre|de aqui|con el|con ella)",
    r"(pienso|pensando|pensamientos|pensar) (en|de) (morir|morirme|la muerte|muerte|quitarme|desaparecer)",
    r"(no|nunca) (volver a )?(despertar|despertarme|despierte)",
    r"dormir (para|por) siempre",
    r"(muerto|muerta|vacio|vacia) por dentro",
    r"(se|todo) (acabe|termine|pare)( todo| ya| pronto| END)",
    r"(si|cuando) (yo )?(no estuviera|no existiera|me muero|me muriera|me muera|ya no este)",
    r"(tengo|hice|hago) un plan",
    r"(me odio|no sirvo para nada|no valgo nada)",
    # No querer seguir aquí
    r"no (QUIERO|puedo) (seguir|vivir|existir|continuar|estar aqui|estar viva|estar vivo|despertar)",
    r"ya no (QUIERO|puedo|aguanto|soporto|tengo (ganas|fuerzas)|le veo sentido)",
    r"no (puedo|aguanto|soporto|doy) (mas|para mas)",
    r"(aguantar|soportar|seguir) (mas|asi|mucho mas|viviendo|adelante)",
    r"(cansad[oa]|hart[oa]|canse) de (vivir|la vida|todo|existir|estar aqui|luchar)",
    r"QUIERO ... (desaparecer|no existir|no estar aqui|que todo (acabe|termine|pare))",
    r"no haber nacido",
    r"(para que|por que) (vivir|seguir|existir)",
    r"(dios|que) (que )?me lleve",
    r"(no abrirlos|no merezco|la muerte|encerrad[oa])",
    r"(se|me|te) (quiere|quiero|quieren|quiso) matar",
    r"estar viv[oa]",
    # Sin sentido, sin esperanza
    r"(no|ningun|ninguna|sin) ... (razon*|motivo*|sentido|ganas) (para|de|a) (vivir|seguir|levantarme)",
    r"(vida|vivir|nada|seguir) (ya )?no (tiene|vale|le veo|encuentro) (sentido|la pena|nada)",
    r"no (tiene|le veo|le encuentro|vale|merece) (sentido|la pena) (a )?(vivir|la vida|mi vida|seguir|nada)",
    r"no (veo|hay|tengo|encuentro) (salida|futuro|esperanza*|otra salida)",
    r"(sin salida|sin esperanza*|perdi la esperanza|desesperad[oa]|tocado fondo)",
    # Una carga
    r"(mejor|bien|felices|tranquilos) sin mi",
    r"(soy|ser) una carga",
    r"(sobro|estorbo|no le importo|le importo a nadie|a nadie le importo)",
    r"(una locura|algo malo|una tonteria) END",
    r"me (lastimo|corto|quemo|golpeo|arano|hago dano)",
    r"nadie me (extranaria|extranara|va a extranar|echaria de menos|necesita)",
    r"(carta|mensaje|nota) de despedida",
    r"despedirme de (todos|mi|mis|ustedes)",
    # Sin seguridad, por mí o por otros
    r"no me siento (segura|seguro|a salvo)",
    r"me (pego|pega*|golpe[ao]*|maltrat[ao]|amenaz[ao]|ahorc[ao]|viol[ao]*|encierra|toca)",
    r"(me quiere matar|va a matarme|me va a matar|en peligro|me da miedo lo que)",
    r"(cuchillo*|pistola|arma|navaja|puente|las vias)",
    r"(ayuda|ayudame|ayudenme) (ya|ahora|urgente|por favor)",
    r"por favor ayud*",
    r"miedo (de|a) (mi (esposo|marido|pareja|novio|novia|padre|padrastro)|lo que|hacerme|volver)",
    r"(violencia (domestica|de genero)|abuso sexual|abusa de mi|abuso de mi)",
    r"(matarlo|matarla|matarlos|hacerle dano|oigo voces|escucho voces)",
    r"(una emergencia|es una emergencia|en crisis|linea de crisis)",
)

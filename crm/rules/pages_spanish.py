"""The pages of a person in Spanish."""

from __future__ import annotations

from crm.rules import sheet_words
from crm.rules.page_words import (
    AwayWords,
    CallWords,
    DetailsWords,
    OwnWords,
    PageWords,
    StopWords,
    TimesWords,
    WishesWords,
)
from crm.rules.sheets import FormLanguage

TOO_LONG = "Un poco más breve, por favor."
BY_LAW = "Lo que la ley obliga a conservar se conserva el tiempo necesario."

TIMES = TimesWords(
    title="Elija una hora para hablar",
    title_again="Elija otra hora",
    length="{count} minutos",
    whose="{length} con {clinician}, sin costo.",
    yours_now="La suya es ahora el {when}; la que elija la reemplaza.",
    will_confirm="Le confirmaré la hora o le propondré otra.",
    can_be_moved="Después podrá cambiarla o cancelarla.",
    gone="Alguien acaba de elegir esa hora, {time}. Estas siguen libres.",
    not_to_be_had="Esa hora, {time}, ya no está disponible. Estas están libres.",
    busy="Acaba de cambiar esto varias veces. Espere una hora, o [dígame cuándo le conviene].",
    how_to_talk="¿Cómo hablamos?",
    times_are_in="Se muestran en",
    show="Mostrar",
    other_days="Otros días",
    earlier="Antes",
    later="Después",
    full="Completo",
    choose_above="Elija una hora arriba.",
    change="Cambiar",
    ask="Pedir esta hora",
    move="Cambiar la llamada",
    book="Reservar esta llamada",
    one_moment="Un momento…",
    nothing_free="No queda nada libre en los días que he abierto hasta ahora.",
    none_of_these="¿Ninguna le viene bien? [Dígame cuándo le conviene] y buscaré algo.",
    anything_else="Si ya encontró a alguien, o ahora no es el momento, también es una buena respuesta: "
    "[dígalo aquí]. Allí puede también corregir su nombre, su teléfono o su correo, dejar de recibir estos "
    "mensajes o pedir que se borre todo.",
    choose_first="Elija primero una hora.",
    which_way="¿Por teléfono o por video?",
    where_to_call="¿A qué número le llamo? Se lee como (213) 555-0148.",
    your_number="Su teléfono",
    calls_you="{name} le llama",
    you_call="Usted llama a {name}",
    by_video="Por video",
    in_person="En persona",
    calls="{name} le llama al {number}.",
    you_call_number="Usted llama al {number}.",
    number_you_gave="número que dio",
    link_by_email="El enlace llega con el correo que la confirma.",
    at_practice="En el consultorio.",
    city_time="hora de {city}",
    choose_now="Elegir una hora ahora",
)
WISHES = WishesWords(
    title="¿Cuándo le conviene?",
    lead="Diga hasta tres momentos que le vendrían bien, con sus palabras. Buscaré algo y le escribiré.",
    first="Un momento que le conviene",
    second="Otro",
    third="Y otro más",
    example="Por ejemplo: los martes después de las 5, o el viernes antes de las 10.",
    one_at_least="Diga al menos un momento.",
    too_long=TOO_LONG,
    anything="¿Hay algo que yo deba saber?",
)
CALL = CallWords(
    title="Su llamada",
    asked="Tengo su petición.",
    asked_lead="Le confirmaré esta hora o le propondré otra. Hasta entonces queda guardada para usted.",
    off="Esta llamada está cancelada.",
    off_lead="La hora de abajo vuelve a estar libre. Si aún quiere hablar, elija otra.",
    over="Esta llamada ya pasó.",
    then="Hablamos entonces.",
    then_lead="No tiene que preparar nada.",
    another_time="Elegir otra hora",
    call_off="Cancelarla",
    no_reason="No hace falta dar razones en ningún caso. {clinician} lo ve enseguida.",
    video="Por video. El enlace llega por correo.",
    in_person="En persona, en el consultorio.",
)
OWN = OwnWords(
    title="¿Cuándo hablamos?",
    lead="Quince minutos, sin costo, sin nada que preparar. Diga qué le conviene y le escribiré con una "
    "hora. Si las cosas han cambiado, también es una buena respuesta.",
    away="Su respuesta aún no ha llegado: algo aquí necesita un momento. Lo que eligió sigue abajo. "
    "Espere un minuto y envíelo de nuevo.",
    where="¿Cómo está con esto?",
    answers={"times": "Quiero hablar", "found": "Ya encontré a alguien", "not_now": "Ahora no"},
    answers_with_call={
        "stays": "Nuestra llamada sigue en pie",
        "found": "Ya encontré a alguien",
        "not_now": "Ahora no",
    },
    off_with_that="Si ya encontró a alguien, o responde “ahora no”, nuestra llamada queda cancelada.",
    days="¿Qué días le vienen bien?",
    day_names=("Lunes", "Martes", "Miércoles", "Jueves", "Viernes"),
    times="¿A qué hora del día?",
    time_names=("Por la mañana", "A mediodía", "Por la tarde", "Por la noche"),
    by="¿Cómo hablamos?",
    by_names=("Por teléfono", "Por video"),
    again="Si es “ahora no”: ¿puedo volver a escribirle?",
    no_thanks="No, gracias",
    anything="¿Hay algo que yo deba saber?",
    write_a_line="Escriba una línea o deje esta página: la llamada sigue en pie.",
    too_long=TOO_LONG,
    something_else="¿Algo más?",
    correct="Corregir mi nombre, teléfono o correo",
    stop="No recibir más estos mensajes",
    delete="Que se borre todo sobre mí",
    delete_lead="Se pide a {signer} que borre todo lo que guarda sobre usted, y desde ahora no le llegan más "
    f"mensajes de seguimiento. {BY_LAW}",
    delete_now="Borrar todo sobre mí",
    the_practice="quien lleva el consultorio",
    thanks_title="Gracias",
    stays="Su mensaje está conmigo, y nuestra llamada sigue en pie.",
    found="Me alegra que haya encontrado a alguien.",
    found_lead="Gracias por decírmelo. No le enviaré más mensajes de seguimiento, y le deseo lo mejor.",
    not_now="También es una buena respuesta.",
    not_now_lead="Gracias por decírmelo. No le enviaré más mensajes de seguimiento.",
    in_month="Le escribiré una vez, personalmente, en {month}.",
    write_again="Si algún día quiere hablar, vuelva a escribirme.",
    call_is_off="Nuestra llamada queda cancelada.",
    times_lead="Le escribiré personalmente con una hora que nos convenga a los dos.",
)
DETAILS = DetailsWords(
    title="¿Qué ha cambiado?",
    lead="Escriba solo eso. Lo demás queda como está.",
    away="Esto aún no ha llegado: algo aquí necesita un momento. Lo que escribió sigue abajo. "
    "Espere un minuto y envíelo de nuevo.",
    busy="Acaba de cambiar esto varias veces. Espere una hora o responda a uno de mis correos.",
    name="Su nombre",
    phone="Su teléfono",
    email="Su correo electrónico",
    email_hint="Miro una dirección nueva antes de que algo se envíe allí, para que nadie más que usted pueda "
    "llevar sus mensajes a otra parte.",
    nothing="Escriba lo que ha cambiado. Lo demás queda como está.",
    back="Volver",
    noted="Queda anotado.",
    asked="Miraré personalmente la nueva dirección. Hasta que la confirme, los correos van a donde iban "
    "antes, y no sale ningún mensaje de seguimiento.",
)
STOP = StopWords(
    title="No recibir más mensajes",
    question="¿No recibir más estos mensajes?",
    lead="No recibirá más mensajes de seguimiento en {address}. Sin rencores, y no hace falta dar razones.",
    your_address="su dirección",
    stop="No recibir más",
    keep="Seguir recibiéndolos",
    still_answered="Si espera una respuesta de {signer}, esa sí le llega. Para que se borre todo sobre "
    "usted, deje primero de recibirlos y dígalo en la página siguiente.",
    was_erased="Lo que tenía sobre usted se borró, así que no le llegan mensajes de seguimiento. Si "
    "después de todo los quiere, dígalo aquí.",
    send_again="Quiero recibirlos de nuevo",
    stopped_title="No más mensajes",
    stopped="Listo. No más mensajes de seguimiento.",
    stopped_lead="Cuídese mucho. Si algún día quiere hablar, puede volver a escribirme y le responderé "
    "personalmente.",
    undo="Deshacer, fue sin querer",
    undone_title="Deshecho",
    undone="Muy bien, está deshecho.",
    undone_lead="Puedo volver a escribirle. Cada correo trae todavía un enlace para no recibir más.",
    when_suits="Decirme cuándo le conviene una llamada",
    no_stop="No, no quiero recibirlos",
    erasure_title="Me ocupo de ello",
    erasure_lead="Se ha pedido a {signer} que borre todo sobre usted. Desde ahora no le llegan más "
    "mensajes de seguimiento.",
    erasure_law=f"{BY_LAW} Si espera una respuesta, esa sí le llega.",
    erasure_call="Su llamada sigue en pie. Cancélela si ya no la quiere: cuando todo esté borrado, nadie "
    "podrá avisarle.",
)
AWAY = AwayWords(
    title="Un momento",
    heading="Un momento, por favor.",
    lead="Algo aquí necesita un momento, y no se reservó nada. Espere un minuto y vuelva a intentarlo.",
    again="Intentar de nuevo",
)
SPANISH = PageWords(FormLanguage.SPANISH, sheet_words.SPANISH, TIMES, WISHES, CALL, OWN, DETAILS, STOP, AWAY)

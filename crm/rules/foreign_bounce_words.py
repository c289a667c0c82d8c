"""How mail servers say in other languages than English that nobody lives at an address.

Of an address, a person or a mailbox: “unknown” alone may be said of a reason. Accents may be lost.
"""

from __future__ import annotations

_GERMAN = (
    r"nicht gefunden|existiert nicht|gibt es nicht|(?:unbekannt|ungültig|ungueltig)e[rs]? (?:empf(?:ä|ae)nger|adressat|benutzer|nutzer|(?:e-?mail-?)?adresse)"
    r"|(?:benutzer|nutzer|empf(?:ä|ae)nger|adressat|adresse|postfach|konto) (?:ist |nicht )?(?:unbekannt|vorhanden|bekannt|ung(?:ü|ue)ltig)|kein (?:solche[rs]? )?(?:benutzer|postfach|empf(?:ä|ae)nger)"
)
_FRENCH = (
    r"n.existe (?:pas|plus)|introuvable|(?:utilisateur|destinataire|adresse|bo[iî]te(?: aux lettres)?|compte)s? (?:est |e-?mail |[eé]lectronique ){0,2}(?:inconnue?|inexistante?|erron[eé]e?|invalide|supprim[eé]e?)s?"
    r"|inexistant|non recens[eé]|n.a pas [eé]t[eé] trouv[eé]|adresse d[^\n]{0,30} invalide"
)
_SPANISH = r"no existe|no se (?:ha )?encontr|no (?:ha sido|fue|pudo ser) encontrad|inexistente|(?:usuario|destinatario|direcci[oó]n|buz[oó]n|cuenta) (?:no (?:v[aá]lid|encontrad|registrad)[oa]|desconocid[oa]|incorrect[oa]|inv[aá]lid[oa]|eliminad[oa])"
_PORTUGUESE = r"n[aã]o existe|(?:usu[aá]rio|destinat[aá]rio|endere[cç]o|conta|caixa(?: postal)?) (?:n[aã]o (?:foi )?(?:encontrad|localizad)[oa]|desconhecid[oa]|inv[aá]lid[oa])"
_ITALIAN = r"non esiste|inesistente|nessun utente|(?:utente|destinatario|destin\.|indirizzo|casella) (?:[eè]['’]? )?(?:sconosciut[oa]|errat[oa]|non (?:trovat|valid)[oa])"
_NORTHERN = (
    r"bestaat niet|onbekende (?:gebruiker|ontvanger)|(?:gebruiker|ontvanger|adres|postvak) (?:is )?(?:onbekend|niet gevonden)"
    r"|find(?:es|s) ikke|finnes ikke|finns inte|hittades inte|ikke (?:fundet|funnet)|(?:ok[äa]nd|ukendt|ukjent) (?:anv[äa]ndare|mottagare|bruger|bruker|modtager|mottaker|adress)"
    r"|ei (?:l[öo]ydy|l[öo]ytynyt|ole olemassa)|tuntematon (?:vastaanottaja|k[äa]ytt[äa]j[äa])"
)
_EASTERN = (
    r"nie (?:istnieje|znaleziono)|nie ma takiego (?:konta|adresu|u[zż]ytkownika)|nieznany (?:odbiorca|adresat|u[zż]ytkownik)|neexistuje|nenalezen|nezn[aá]m[yý] (?:u[zž]ivatel|p[rř][ií]jemce|adres[aá]t)"
    r"|nem (?:tal[aá]lhat[oó]|l[eé]tezik)|ismeretlen (?:c[ií]mzett|felhaszn[aá]l[oó])|nu (?:exist[aă]|a fost g[aă]sit)|не существует|не найден|нет такого|неизвестный (?:пользователь|получатель|адрес)|не існує|не знайдено"
    r"|δεν (?:βρέθηκε|υπάρχει)|bulunamad[ıi]|mevcut de[gğ]il"
)
NOBODY_THERE_WITHOUT_SPACES = r"存在しません|見つかりません|存在しない(?:ユーザ|アドレス|宛先)|宛先不明|不存在|找不到(?:收件人|用户|用戶|该|該|邮箱|信箱)|(?:无|無|没有)此(?:用户|用戶|人|邮箱|信箱)|查无此人|查無此人|존재하지 않|찾을 수 없"
NOBODY_THERE = f"{_GERMAN}|{_FRENCH}|{_SPANISH}|{_PORTUGUESE}|{_ITALIAN}|{_NORTHERN}|{_EASTERN}"
"""Part of a pattern that ignores case; the one above needs no space before it."""

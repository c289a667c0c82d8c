"""Those whose story has come to rest: clients, people referred to others, and people who went another way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.demo.person import Person, Who
from crm.models import CallResult, Medium, Outcome, ReplyChannel
from crm.rules.stages import CloseReason, Stage

if TYPE_CHECKING:
    from crm.demo.days import Days

ON_THE_SITE = "An article on this site"
ARTICLE = "You don’t go to therapy"
FRIEND, COLLEAGUE = "A friend or family member", "A colleague’s referral"
SEARCH, DIRECTORY = "A search", "Psychology Today"


def settled(days: Days) -> list[Person]:
    return [*_clients(days), *_referred(days), *_went_another_way(days), *_fell_silent(days)]


def _clients(days: Days) -> list[Person]:
    ruth = Who("Ruth Calloway", "ruth.calloway@example.com", "+12135550101", "Mornings", ON_THE_SITE, ARTICLE)
    ben = Who("Ben Azoulay", "ben.azoulay@example.net", "+13235550102", "Evenings", ON_THE_SITE, ARTICLE)
    ines = Who("Ines Carvalho", "ines.carvalho@example.org", "+13105550103", "Midday", COLLEAGUE)
    marcus = Who("Marcus Hale", "marcus.hale@example.com", "+12135550104", "Evenings", DIRECTORY)
    return [
        Person(ruth)
        .writes(
            days.worked(13, "19:10"),
            "I’ve been the calm one for thirty years and I’m tired of it. Your article made me want to try.",
        )
        .gets(
            days.worked(12, "10:05"),
            "Thirty years is a long shift. Would you like to talk for fifteen minutes this week?",
        )
        .writes_back(days.worked(11, "08:50"), "Yes. Tomorrow at nine?")
        .agrees(days.worked(11, "12:10"), days.worked(10, "09:00"))
        .talked(days.worked(10, "09:21"))
        .becomes(days.worked(4, "10:15"), Stage.CLIENT),
        Person(ben)
        .writes(days.worked(19, "11:24"), "Is there room for someone who argues with everything?")
        .is_rung(days.worked(19, "12:20"), CallResult.SPOKE, "There is. We laughed.")
        .agrees(days.worked(19, "12:31"), days.worked(17, "17:00"), Medium.VIDEO)
        .talked(days.worked(17, "17:24"))
        .becomes(days.worked(10, "12:40"), Stage.CLIENT),
        Person(ines)
        .writes(
            days.worked(30, "15:45"),
            "My colleague said you once helped her with exactly this, and that she can’t explain what "
            "you did.",
        )
        .writes_back(days.worked(27, "16:20"), "Thursday at noon would suit me.", ReplyChannel.PAGE)
        .agrees(days.worked(26, "09:05"), days.worked(25, "12:00"))
        .talked(days.worked(25, "12:22"))
        .becomes(days.worked(19, "13:00"), Stage.CLIENT),
        Person(marcus)
        .writes(days.worked(36, "22:18"), "Sober for two years. The quiet is harder than the drinking was.")
        .gets(
            days.worked(35, "08:45"),
            "Two years is a great deal. Shall we talk about the quiet?",
        )
        .writes_back(days.worked(33, "19:30"), "Let’s. I get off work at five.")
        .agrees(days.worked(32, "08:50"), days.worked(31, "17:15"))
        .talked(days.worked(31, "17:35"))
        .becomes(days.worked(28, "09:00"), Stage.CLIENT),
    ]


def _referred(days: Days) -> list[Person]:
    elena = Who("Elena Park", "elena.park@example.org", "+13235550105", "Mornings", DIRECTORY)
    jonas = Who("Jonas Berg", "jonas.berg@example.net", "+13105550106", "Evenings", SEARCH)
    return [
        Person(elena)
        .writes(
            days.worked(5, "09:12"), "I’m looking for someone who works with eating and has seen it before."
        )
        .is_referred(
            days.worked(5, "12:25"),
            "Dr. Amelia Stone",
            "Dr. Amelia Stone works with eating and nothing else, and I’d send my own sister to her: "
            "(213) 555-0181.",
        ),
        Person(jonas)
        .writes(days.worked(7, "17:30"), "It’s for my son, who is eleven and won’t go to school.")
        .is_rung(
            days.worked(6, "12:15"), CallResult.SPOKE, "I don’t see children. He was glad to be told at once."
        )
        .is_referred(
            days.worked(6, "12:28"),
            "Noor Aziz",
            "Noor Aziz sees children his age, and answers within a day: noor@aziz.example.",
        ),
    ]


def _went_another_way(days: Days) -> list[Person]:
    clara = Who("Clara Dunn", "clara.dunn@example.com", "", "Midday", DIRECTORY)
    victor = Who("Victor Amaya", "victor.amaya@example.org", "+12135550107", "Mornings", FRIEND)
    june = Who("June Abbott", "june.abbott@example.net", "", "Evenings", SEARCH)
    farid = Who(
        "Farid Nazari", "farid.nazari@example.com", "+13235550109", "Late afternoon", ON_THE_SITE, ARTICLE
    )
    return [
        Person(clara)
        .writes(days.worked(11, "13:40"), "Do you have an evening free? Mondays would be best.")
        .gets(
            days.worked(11, "17:20"),
            "Mondays are full until summer, I’m sorry to say. Would a Wednesday do?",
        )
        .writes_back(
            days.worked(7, "09:30"),
            "I’ve found someone near me with a Monday. Thank you for your kind notes.",
        )
        .is_closed(days.worked(7, "12:10"), CloseReason.FOUND_SOMEONE_ELSE),
        Person(victor)
        .writes(days.worked(15, "10:30"), "My friend says I should. I say I don’t know.")
        .is_rung(
            days.worked(15, "12:40"), CallResult.SPOKE, "Both may be right. A first talk, with nothing owed."
        )
        .agrees(days.worked(15, "12:50"), days.worked(13, "11:00"))
        .talked(days.worked(13, "11:30"), Outcome.NO_SHOW)
        .writes_back(
            days.worked(11, "20:15"), "I’m sorry I wasn’t there. I’m not ready, but I kept your note."
        )
        .is_closed(days.worked(10, "12:15"), CloseReason.OTHER),
        Person(june)
        .writes(days.worked(9, "21:50"), "How long does it usually take?")
        .gets(
            days.worked(8, "09:15"),
            "It depends on what “it” is, and that’s a good first conversation. Shall we have it?",
        )
        .stops(days.worked(4, "18:05"))
        .is_closed(days.worked(3, "12:30"), CloseReason.OTHER),
        Person(farid)
        .writes(days.worked(24, "14:10"), "I read everything on your site. Could we talk about my father?")
        .writes_back(days.worked(20, "09:40"), "Is this still the right address? I’d still like to talk.")
        .is_rung(
            days.worked(20, "12:35"), CallResult.SPOKE, "Apologised for the silence: the week I was ill."
        )
        .agrees(days.worked(20, "12:45"), days.worked(18, "16:00"), Medium.VIDEO)
        .talked(days.worked(18, "16:25"))
        .is_closed(days.worked(14, "09:20"), CloseReason.NOT_A_FIT),
    ]


def _fell_silent(days: Days) -> list[Person]:
    """They got every note there was, and were closed quietly when the last had rested for two weeks."""
    noah = Who("Noah Lindgren", "noah.lindgren@example.org", "+13105550111", "Mornings", SEARCH)
    tess = Who("Tess Moreau", "tess.moreau@example.com", "", "", DIRECTORY)
    return [
        Person(noah)
        .writes(days.ago(64, "20:30"), "Could you send me your rates?")
        .is_rung(days.ago(63, "12:20"), CallResult.VOICEMAIL)
        .stays_in_touch(days.ago(63, "12:22")),
        Person(tess)
        .writes(days.ago(45, "11:45"), "I’m not sure yet, but I’d like to hear from you.")
        .gets(
            days.ago(44, "13:10"),
            "Not sure is a fine place to start. A short call, with nothing to decide?",
        ),
    ]

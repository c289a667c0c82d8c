"""Those on the way: emails planned for today and this week, calls agreed, and three emails in trouble."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.demo.person import Person, Who
from crm.models import CallResult, Medium, Trigger
from crm.rules.stages import Stage
from crm.rules.windows import Wait

if TYPE_CHECKING:
    from crm.demo.days import Days

STILL_HERE = (Wait(3),)
ABOUT_COST = (*STILL_HERE, Wait(5))
WHENEVER_READY = (Wait(3),)
DOOR_OPEN = (*WHENEVER_READY, Wait(7))


def on_the_way(days: Days) -> list[Person]:
    return [
        *(_grace(days), _amara(days), _joel(days), _kofi(days), _irene(days), _ana(days)),
        *(_owen(days), _lena(days), _tomas(days)),
        *(_luis(days), _nadia(days), _sam(days), _peter(days)),
    ]


def _grace(days: Days) -> Person:
    grace = Who("Grace Kim", "grace.kim@example.com", "+12135550172", "Evenings", "A colleague’s referral")
    answered = days.so_that(DOOR_OPEN, days.later_today(minutes=18))
    day = (days.now - answered).days
    return (
        Person(grace)
        .writes(
            days.ago(day + 3, "20:14"),
            "My mother died in the autumn, and since then I’ve been “managing”, as everyone calls it. "
            "I go to work and I answer my messages. It’s like watching all of it through a window.\n\n"
            "I’m not looking for advice. I’d like an hour a week in which nothing has to be managed. "
            "A colleague gave me your name.",
        )
        .is_rung(
            days.ago(day + 2, "08:35"),
            CallResult.VOICEMAIL,
            "Short and quiet. Said I’d write, so that she doesn’t have to pick up at work.",
        )
        .writes_back(
            days.ago(day + 2, "12:40"),
            "Thank you for trying me. What would my insurance have to do with this?",
        )
        .gets(
            answered,
            "A good question. I’m out of network: you pay me, and your plan may pay part of it back "
            "to you, often more than people expect. On the call I can tell you what to ask them.\n\n"
            "And an hour a week with nothing to manage sounds right to me. Would Thursday or Friday "
            "after five suit you?",
        )
    )


def _amara(days: Days) -> Person:
    amara = Who("Amara Diallo", "amara.diallo@example.org", "+12135550135", "Midday", "Psychology Today")
    called = days.so_that(STILL_HERE, days.later_today(hours=2, minutes=38))
    return (
        Person(amara)
        .writes(
            days.ago((days.now - called).days + 2, "21:05"),
            "I’m looking for someone who has worked with people who moved countries as adults. My "
            "life here is good on paper. I’ve stopped calling home because I don’t know what to tell "
            "them.",
        )
        .is_rung(called, CallResult.VOICEMAIL, "Left my name only.")
        .stays_in_touch(called)
    )


def _joel(days: Days) -> Person:
    joel = Who("Joel Weiss", "joel.weiss@example.com", "+13235550110", "Evenings", "A search")
    called = days.so_that(ABOUT_COST, days.later_today(hours=3, minutes=13))
    return (
        Person(joel)
        .writes(
            days.ago((days.now - called).days + 2, "23:31"),
            "Do you take couples, or only one of us at a time?",
        )
        .is_rung(called, CallResult.NO_ANSWER)
        .stays_in_touch(called)
    )


def _kofi(days: Days) -> Person:
    kofi = Who(
        "Kofi Mensah", "kofi.mensah@example.net", "+13105550108", "Mornings", "A friend or family member"
    )
    called = days.so_that(STILL_HERE, days.ahead(1, "12:20"))
    return (
        Person(kofi)
        .writes(
            days.ago((days.now - called).days + 2, "07:15"),
            "I teach all day and shout at my own children at night. I’d like to stop before they "
            "think that’s me.",
        )
        .is_rung(called, CallResult.VOICEMAIL, "Said I’d try once more, and that a note is fine too.")
        .stays_in_touch(called)
    )


def _irene(days: Days) -> Person:
    irene = Who("Irene Soto", "irene.soto@example.com", "", "Evenings", "Psychology Today")
    answered = days.so_that(WHENEVER_READY, days.ahead(2, "08:30"), clock="21:15")
    return (
        Person(irene)
        .writes(
            days.ago((days.now - answered).days + 2, "22:47"),
            "Retirement was supposed to be the easy part. Could I come on a weekday evening?",
        )
        .gets(
            answered,
            "Nobody warns you about the easy part. I keep two evenings a week, and I’d be glad to "
            "tell you more on the phone. When are you usually free?",
        )
    )


def _ana(days: Days) -> Person:
    ana = Who("Ana Pereira", "ana.pereira@example.org", "", "Mornings", "A search")
    answered = days.so_that(WHENEVER_READY, days.ahead(2, "11:05"), clock="11:05")
    return (
        Person(ana)
        .writes(
            days.ago((days.now - answered).days + 2, "06:50"),
            "I left a job I was good at and can’t say why. Everybody asks. Do you have mornings?",
        )
        .gets(
            answered,
            "Mornings, yes. And not being able to say why is a fine place to begin. Shall we talk for "
            "fifteen minutes before you decide anything?",
        )
    )


def _owen(days: Days) -> Person:
    """He spelled his address on the phone, and one letter went astray."""
    owen = Who("Owen Fitzgerald", "owen.fitz@gmial.com", "+12135550154", "Mornings", "A colleague’s referral")
    return Person(owen).is_added(
        days.so_that(WHENEVER_READY, days.earlier_today(hours=4, minutes=42)),
        CallResult.SPOKE,
        "Rang himself, between two meetings. Wants to think about it over the weekend. Spelled his "
        "address twice.",
        Trigger.ANSWERED,
    )


def _lena(days: Days) -> Person:
    lena = Who("Lena Brooks", "lena.brooks@example.com", "+13235550131", "Late afternoon", "A search")
    called = days.so_that(ABOUT_COST, days.earlier_today(hours=4, minutes=40))
    return (
        Person(lena)
        .writes(
            days.ago((days.now - called).days + 2, "18:22"),
            "What does it cost, roughly? I’d rather know before I get my hopes up.",
        )
        .is_rung(called, CallResult.NO_ANSWER)
        .stays_in_touch(called)
    )


def _tomas(days: Days) -> Person:
    tomas = Who("Tomas Vela", "tomas.vela@example.org", "+13105550142", "Evenings", "Somewhere else")
    called = days.so_that(STILL_HERE, days.earlier_today(minutes=12))
    return (
        Person(tomas)
        .writes(
            days.ago((days.now - called).days + 2, "20:40"),
            "I’ve started four of these notes. This one I’m sending.",
        )
        .is_rung(called, CallResult.VOICEMAIL, "Told him that sending it counts.")
        .stays_in_touch(called)
    )


def _luis(days: Days) -> Person:
    luis = Who(
        "Luis Ortega",
        "luis.ortega@example.com",
        "+12135550177",
        "Late afternoon",
        "A friend or family member",
    )
    return (
        Person(luis)
        .writes(
            days.ago(1, "13:05"),
            "I’ve never done this. A friend sees you and he’s less hard on himself than he used to "
            "be. I’d like some of that.",
        )
        .agrees(days.just(hours=2), days.later_today(hours=1, minutes=38), Medium.PHONE)
    )


def _nadia(days: Days) -> Person:
    nadia = Who("Nadia Haddad", "nadia.h@example.org", "+13235550195", "Midday", "An article on this site",
                "You don’t go to therapy")  # fmt: skip
    return (
        Person(nadia)
        .writes(
            days.worked(4, "02:50"),
            "Eight months after the birth and I still don’t feel like anybody in particular. Everyone "
            "says it passes. I’d like to talk to someone who doesn’t say that first.",
        )
        .gets(
            days.worked(3, "11:30"),
            "I won’t say it first. Would a short video call suit you, at a time when somebody else "
            "holds the baby?",
        )
        .writes_back(
            days.worked(2, "04:20"), "Wednesday late morning my sister is here. Video is easier, yes."
        )
        .agrees(days.worked(2, "12:05"), days.ahead(1, "11:15"), Medium.VIDEO)
    )


def _sam(days: Days) -> Person:
    sam = Who(
        "Sam Whitaker",
        "sam.whitaker@example.net",
        "+12135550166",
        "Late afternoon",
        "A search",
        personal_only=True,
    )
    return (
        Person(sam)
        .writes(days.worked(3, "10:02"), "I’d only like an answer from you yourself, please. No newsletter.")
        .gets(
            days.worked(2, "12:45"),
            "This is me, and there is no newsletter. When would a short call suit you?",
            keep=False,
        )
        .writes_back(days.worked(1, "09:10"), "Then I’ll risk a call. After half past four is best.")
        .agrees(days.worked(1, "12:20"), days.ahead(2, "16:45"), Medium.PHONE)
    )


def _peter(days: Days) -> Person:
    peter = Who(
        "Peter Nguyen", "peter.nguyen@example.com", "+13105550120", "Mornings", "An article on this site"
    )
    return (
        Person(peter)
        .writes(
            days.worked(6, "16:30"),
            "Panic attacks on the freeway, since the accident. I take surface streets now.",
        )
        .is_rung(days.worked(5, "12:30"), CallResult.SPOKE, "Calm on the phone. Friday suits him.")
        .agrees(days.worked(5, "12:34"), days.worked(2, "09:30"), Medium.VIDEO)
        .talked(
            days.worked(2, "09:52"),
        )
        .is_noted(
            days.worked(2, "09:55"), "Wants to think it over with his wife. Offered two names besides mine."
        )
        .becomes(days.worked(2, "09:56"), Stage.CONSULT_DONE)
    )

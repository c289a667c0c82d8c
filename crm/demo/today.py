"""Those who wait on Today: one to be read first, new ones, one who wrote back, one call to tell of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm.demo.person import Person, Who
from crm.models import Medium

if TYPE_CHECKING:
    from crm.demo.days import Days

ARTICLE = "You don’t go to therapy"
FROM_THE_ARTICLE = "An article on this site"


def waiting(days: Days) -> list[Person]:
    return [_theo(days), _maya(days), _priya(days), _daniel(days), _hannah(days), *_machines(days)]


def _theo(days: Days) -> Person:
    theo = Who("Theo Lindqvist", "theo.l@example.com", "+12135550119", "Any time", "A search")
    return Person(theo).writes(
        days.just(minutes=22),
        "I’m not sure how one begins a note like this. Since the divorce the nights are the long "
        "part, and lately I’ve caught myself thinking everyone would be fine without me. I’m not "
        "planning anything. I just don’t want to be the only one who knows.\n\n"
        "I live in Echo Park and could come in whenever you have room.",
    )


def _maya(days: Days) -> Person:
    maya = Who("Maya Okafor", "maya.o@example.com", "+12135550148", "Evenings", FROM_THE_ARTICLE, ARTICLE)
    return Person(maya).writes(
        days.ago(1, "17:48"),
        "Your piece about not going to therapy gave me words for something. I’ve seen two therapists. "
        "Both were kind and knew a great deal, and I left both of them within a month without being "
        "able to say why.\n\n"
        "Work has been eating me and I don’t sleep much. I’d like to talk to a person rather than "
        "fill in a worksheet. I have a PPO, I understand you’re out of network, and that’s all right.",
    )


def _priya(days: Days) -> Person:
    priya = Who(
        "Priya Raman", "priya.raman@example.org", "+12135550126", "Late afternoon", "Psychology Today"
    )
    return (
        Person(priya)
        .writes(
            days.worked(4, "19:20"),
            "I moved here for a job I wanted for ten years, and now that I have it I cry in the car "
            "park. I’d like to understand that before I do something rash.",
        )
        .gets(
            days.worked(3, "12:15"),
            "Thank you for writing. Getting what you wanted and finding it doesn’t hold you is a "
            "strange kind of lonely, and worth a conversation before anything rash.\n\n"
            "I have some room on Thursday and Friday afternoon. Would one of those suit you?",
        )
        .writes_back(
            days.just(minutes=35),
            "Thursday is good for me, any time after four. Do we do this on video or by phone?",
        )
    )


def _daniel(days: Days) -> Person:
    daniel = Who("Daniel Reyes", "d.reyes@example.net", "+13235550187", "Mornings", "Psychology Today")
    return Person(daniel).writes(
        days.just(hours=4, minutes=11),
        "My wife asked me to write, so I’m writing. I’m on the road three weeks out of four, and when "
        "I’m home I’m not really there either. I don’t know what I’d talk about for an hour. Is that "
        "normal?",
    )


def _hannah(days: Days) -> Person:
    hannah = Who(
        "Hannah Brandt", "hannah.brandt@example.com", "+13105550163", "Midday", "A friend or family member"
    )
    return (
        Person(hannah)
        .writes(
            days.worked(5, "09:40"),
            "I’m between jobs and between cities, and I think I’m using both as a reason not to look "
            "at the third thing. A friend who sees you said you’d be patient with that.",
        )
        .gets(
            days.worked(5, "17:10"),
            "The third thing can take its time. Shall we start with fifteen minutes on the phone? I’m "
            "free most days around four.",
        )
        .writes_back(
            days.worked(3, "10:25"), "A quarter past four on the next weekday you’re in would be perfect."
        )
        .agrees(days.worked(2, "13:00"), days.worked(1, "16:15"), Medium.PHONE)
    )


def _machines(days: Days) -> list[Person]:
    """Two that no person typed: kept, and written to by nobody."""
    ranks = Who("Online Visibility Team", "growth@ranks.example")
    linked = Who("Delmar", "delmar@cheap-pages.example")
    return [
        Person(ranks).writes(
            days.just(hours=9, minutes=3),
            "We looked at your website and can bring it to page one in a week.",
            honeypot="https://ranks.example",
        ),
        Person(linked).writes(
            days.ago(1, "03:12"),
            "See https://cheap-pages.example/1 https://cheap-pages.example/2 "
            "https://cheap-pages.example/3 https://cheap-pages.example/4 for prices.",
        ),
    ]

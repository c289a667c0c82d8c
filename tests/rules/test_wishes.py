"""What acts, what is proposed, and what is neither. In doubt it is proposed."""

from __future__ import annotations

import pytest

from crm.rules.wishes import Wish, wishes


def acts(text: str) -> bool:
    return any(each.acts for each in wishes(text))


@pytest.mark.parametrize(
    "text",
    [
        "Stop",
        "Please stop!",
        "UNSUBSCRIBE",
        "Stop emailing me",
        "I want you to stop emailing me.",
        "Hi Connor, thank you, but please take me off your list.",
        "Don’t email me anymore",
        "Could you please stop sending me these follow-ups?",
        "I would like to unsubscribe.",
        "I'd like to be removed from your list, please.",
        "I would prefer not to receive any more emails.",
        "Please remove me from this list immediately, I did not sign up.",
        "Por favor deje de escribirme",
        "Ya no quiero recibir sus correos",
        "Quítenme de la lista por favor",
        "No me mande más mensajes",
        "Baja",
    ],
)
def test_plain_words_end_the_mail(text: str) -> None:
    assert acts(text)


@pytest.mark.parametrize(
    "text",
    [
        "Please don't stop emailing me.",
        "I can’t stop crying",
        "I cant stop thinking about it and emailing you at 3am",
        "I want it all to stop.",
        "I want to stop emailing my ex.",
        "How do I stop these emails from my ex?",
        "I told him do not contact me again and he laughed.",
        "My doctor said I should stop the emails to my mother.",
        "Can you remove me from the Thursday slot?",
        "Please remove me from your Thursday list and put me on Friday.",
        "Do not write to me at work, use this address instead: a@b.example",
        "Should I unsubscribe?",
        "If I unsubscribe, can I still call you?",
        "I never said stop emailing me",
        "No deje de escribirme, por favor.",
        "No puedo dejar de llorar",
        "No quiero más mensajes de mi ex",
        "I don't want to live anymore. No more emails.",
        "No more emails: https://practice.example/stop/x1",
        "enough",
    ],
)
def test_whatever_may_mean_something_else_does_not(text: str) -> None:
    assert not acts(text)


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Please don't take me off your list!", Wish.PERHAPS_NO_MORE_MAIL),
        ("leave me alone", Wish.PERHAPS_NO_MORE_MAIL),
        ("I've already started seeing someone, thank you.", Wish.FOUND_SOMEONE),
        ("Ya encontré otra terapeuta", Wish.FOUND_SOMEONE),
        ("Can you call me tomorrow?", Wish.CALL_ME),
        ("¿Me puede llamar?", Wish.CALL_ME),
        ("After the holidays would be better", Wish.LATER),
        ("Maybe in March", Wish.LATER),
        ("Después de las fiestas", Wish.LATER),
        ("I'm not ready yet", Wish.NOT_NOW),
        ("I changed my mind", Wish.NO_INTEREST),
        ("You have the wrong person", Wish.WRONG_PERSON),
        ("I need to reschedule our call", Wish.MOVE_CALL),
    ],
)
def test_other_wishes_are_proposed(text: str, wish: Wish) -> None:
    assert wish in {each.wish for each in wishes(text) if not each.acts}


def test_the_words_it_was_found_in_are_kept() -> None:
    [wish] = wishes("Hello,\nplease take me off your list.\nJo")

    assert wish.words == "take me off your list"

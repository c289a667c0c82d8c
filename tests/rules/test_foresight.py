"""What saving a changed plan would do to the people inside: who, what, when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from crm.rules.consequence_words import line, sentence
from crm.rules.consequences import Consequence, Consequences, Kind, consequences
from crm.rules.foresight import Standing, futures, next_beginning
from crm.rules.plans import Plan
from crm.rules.schedule import Forecast, PlanStep, plan_step
from crm.rules.stops import StopRules
from crm.rules.windows import Wait
from tests.rules.plans import MORE, NOW, PLAN, TERMS, WINDOW, ZONE, waiting_for, with_email, with_wait

QUIET = Standing(1, "Maya", TERMS, NOW, frozenset({1, 2, 3, 4}))
NEXT_MORNING = datetime(2026, 3, 11, 15, 30, tzinfo=UTC)


def found(after: Plan, *standings: Standing) -> Consequences:
    return consequences(PLAN, after, standings, NOW)


def only(after: Plan, standing: Standing) -> Consequence:
    (change,) = found(after, standing).changed
    return change


def told(after: Plan, standing: Standing) -> str:
    return line(only(after, standing), NOW, ZONE)


def next_of(plan: Plan, standing: Standing) -> Forecast | None:
    (coming,) = futures(plan.steps, [standing], NOW)
    return coming[0] if coming else None


def test_the_effect_is_one_sentence_with_numbers() -> None:
    four = [waiting_for(2, name) for name in ("Maya", "Sam", "Lena", "Kofi")]

    said = sentence(found(with_wait(PLAN, 2, 7), *four, waiting_for(3, "Ana")))

    assert said == (
        "4 of 5 people change: 4 later. Nobody gets an email twice, and nothing goes as you save."
    )


def test_different_futures_are_counted_apart() -> None:
    after = with_wait(PLAN, 1, 6).without(3)
    people = [waiting_for(1, "Maya"), waiting_for(1, "Sam"), waiting_for(2, "Lena"), waiting_for(3, "Ana")]

    said = sentence(found(after, *people))

    assert said.startswith("4 of 4 people change: 2 later, 1 gets one fewer, 1 ends.")


@pytest.mark.parametrize(
    ("after", "position", "kind", "said"),
    [
        (
            with_wait(PLAN, 2, 7),
            2,
            Kind.LATER,
            "“About cost” Tue, March 17, 1:52 pm, not Mon, March 16, 8:30 am",
        ),
        (
            with_wait(PLAN, 2, 2),
            2,
            Kind.SOONER,
            "“About cost” Thu, March 12, 1:52 pm, not Mon, March 16, 8:30 am",
        ),
        (
            PLAN.without(2),
            2,
            Kind.ANOTHER,
            "“The door” Fri, March 20, 1:52 pm, not “About cost” Mon, March 16, 8:30 am",
        ),
        (PLAN.without(3), 2, Kind.FEWER, "without “The door”, which was to go Thu, March 26, 8:30 am"),
        (PLAN.with_email(MORE), 3, Kind.MORE, "also “One more thing” Mon, March 23, 8:30 am"),
        (PLAN.without(3), 3, Kind.ENDS, "nothing more; “The door” was to go Fri, March 20, 1:52 pm"),
        (
            replace(PLAN, quiet_days=20),
            3,
            Kind.CLOSES,
            "moves to Closed Thu, April 9, 1:52 pm, not Fri, April 3, 1:52 pm",
        ),
        (
            replace(PLAN, quiet_days=None),
            3,
            Kind.CLOSES,
            "no longer moves to Closed; was to Fri, April 3, 1:52 pm",
        ),
    ],
)
def test_each_person_is_told_with_both_moments(after: Plan, position: int, kind: Kind, said: str) -> None:
    assert only(after, waiting_for(position)).kind is kind
    assert told(after, waiting_for(position)) == said


def test_people_who_have_had_the_email_are_not_affected() -> None:
    assert sentence(found(with_wait(PLAN, 1, 6), waiting_for(3))) == "Nobody who is in it now is affected."
    assert sentence(found(with_wait(PLAN, 1, 6))) == "Nobody is in it now."


def test_one_alone_is_not_one_of_one() -> None:
    assert sentence(found(PLAN.without(3), waiting_for(3))).startswith(
        "The one person in it changes: 1 ends."
    )


def test_a_new_last_email_also_reaches_those_who_had_all_the_others() -> None:
    assert told(PLAN.with_email(MORE), QUIET) == (
        "“One more thing” Thu, March 12, 1:52 pm, though the last email had gone already"
    )


def test_a_new_stop_rule_is_told_for_everyone() -> None:
    loose = replace(PLAN, stops=StopRules(on_call=False))

    said = sentence(found(loose, waiting_for(2)))

    assert said == "Nobody’s emails move. For everyone in it, a call you log no longer stops them."


def test_an_email_put_off_for_longer_than_it_may_is_foreseen_as_left_out() -> None:
    put_off = waiting_for(2)
    assert put_off.on_its_way is not None
    due_at = put_off.on_its_way.planned.due_at + timedelta(hours=30)
    planned = replace(put_off.on_its_way.planned, due_at=due_at)
    put_off = replace(
        put_off, on_its_way=replace(put_off.on_its_way, planned=planned), late=timedelta(hours=30)
    )

    assert only(with_email(PLAN, 2, max_late_hours=24), put_off).kind is Kind.LEFT_OUT
    assert found(with_email(PLAN, 2, max_late_hours=48), put_off).changed == ()


def test_a_draft_is_told_until_when_its_yes_is_waited_for() -> None:
    draft = replace(waiting_for(2), good_until=NOW + timedelta(days=3))

    assert told(with_email(PLAN, 2, max_late_hours=96), draft) == (
        "“About cost” waits for your yes until Sat, March 14, 1:52 pm, not Fri, March 13, 1:52 pm"
    )
    assert found(with_email(PLAN, 3, max_late_hours=96), draft).changed == ()


def test_what_became_overdue_waits_for_the_next_morning() -> None:
    coming = next_of(with_wait(PLAN, 2, 1), waiting_for(2, since=NOW - timedelta(days=3, hours=23)))

    assert coming is not None
    assert coming.planned.due_at == NEXT_MORNING


def test_overdue_emails_leave_one_by_one() -> None:
    late = [waiting_for(2, since=NOW - timedelta(days=3, hours=23))] * 3

    coming = futures(with_wait(PLAN, 2, 1).steps, late, NOW)

    due = [each[0].planned.due_at - NEXT_MORNING for each in coming]
    assert due == [timedelta(), timedelta(minutes=1), timedelta(minutes=2)]


@pytest.mark.parametrize(
    ("saved", "begins"),
    [("2026-03-10 07:00", "10 08:30"), ("2026-03-10 08:30", "11 08:30"), ("2026-03-10 20:00", "11 08:30"),
     ("2026-03-13 12:00", "16 08:30")],
)  # fmt: skip
def test_the_hours_begin_next_when_they_are_not_running(saved: str, begins: str) -> None:
    now = datetime.fromisoformat(saved).replace(tzinfo=ZONE)

    assert f"{next_beginning(now, WINDOW).astimezone(ZONE):%d %H:%M}" == begins


def test_what_the_change_does_not_touch_keeps_its_moment() -> None:
    put_off = Forecast(PLAN.steps[1], plan_step(PLAN.steps[2], NOW, TERMS))
    standing = Standing(1, "Maya", TERMS, NOW, frozenset({1}), put_off)

    assert next_of(with_wait(PLAN, 3, 2), standing) == put_off


def test_an_email_sent_by_hand_goes_as_it_is() -> None:
    by_hand = replace(waiting_for(2), settled=True)

    assert next_of(PLAN.without(2), by_hand) == by_hand.on_its_way


def test_an_email_moved_in_front_of_one_that_has_gone_is_not_made_up_for() -> None:
    assert next_of(PLAN.moved(3, -1), waiting_for(3)) is None


def test_a_step_that_goes_at_once_never_goes_at_the_moment_of_saving() -> None:
    steps = [PlanStep(7, Wait(0), at_once=True)]
    standing = Standing(1, "Maya", TERMS, NOW - timedelta(days=2), frozenset())

    (coming,) = futures(steps, [standing], NOW)

    assert coming[0].planned.due_at > NOW + timedelta(hours=12)


def test_asking_first_moves_nobody_and_says_whom_it_is_about() -> None:
    after, maya = replace(PLAN, asks_first=True), waiting_for(1)

    assert next_of(after, maya) == maya.on_its_way
    assert only(after, maya).kind is Kind.ASKS
    assert told(after, maya) == "“Still here” Fri, March 13, 1:52 pm, if you say yes"


def test_an_email_the_owner_has_agreed_to_asks_no_more() -> None:
    agreed = replace(waiting_for(3), agreed=True)

    assert found(replace(PLAN, asks_first=True), agreed).changed == ()

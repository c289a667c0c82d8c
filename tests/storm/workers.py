"""Workers, the mail server and time, each moving by one line at a time."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import assert_never

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from crm.flows import approvals
from crm.flows.follow_up import close_quietly
from crm.flows.jobs import Taken, Withheld
from crm.mail.transport import NotSent, Refused, TryLater, Unsure
from crm.rules.sending import MessageState
from tests import worker
from tests.storm import promises
from tests.storm.house import Carried, House, which
from tests.storm.picture import Picture

BEFORE_THE_TEXT = (
    TryLater("421 4.3.2 down", account_level=True),
    TryLater("450 4.7.1 greylisted", account_level=False),
    TryLater("452 4.2.2 mailbox full", account_level=False),
    Refused("554 5.7.1 policy", dead_address=False),
    Refused("550 5.1.1 no such user", dead_address=True),
)
AFTER_THE_TEXT = (
    TryLater("451 4.3.0 try again", account_level=False),
    Refused("552 5.3.4 too big", dead_address=False),
    Refused("550 5.1.1 no such user", dead_address=True),
)
DROPPED = Unsure("the line dropped after the text")
WHILES = tuple(timedelta(minutes=m) for m in (1, 1, 5, 21, 300, 3_000, 20_000))
AT_ONCE = 4
AT_HAND = 12
"""More mails than this no worker takes."""
MANY_MOMENTS = 200


class Until(StrEnum):
    """How far a mail has come when something else happens. Nobody has been told yet what became of it."""

    CLAIMED = "claimed"
    MARKED = "marked"
    TAKEN = "taken"
    TAKEN_UNHEARD = "taken, and the line dropped"
    UNHEARD = "the line dropped"
    TURNED_AWAY = "turned away"


def anything_due(picture: Picture, now: datetime) -> bool:
    due = (row for row in picture.in_state(MessageState.SCHEDULED) if row.held_at is None)
    return any(row.due_at <= now for row in due)


class Workers(House):
    """What a worker can do to a mail, in any order that its lines allow."""

    @precondition(lambda house: len(house.carried) < AT_HAND)
    @rule(most=st.integers(1, 4))
    def claims(self, most: int) -> None:
        jobs = worker.takes_what_is_due(self.practice, most)
        picture = self.look() if jobs else self.seen
        for job in jobs:
            row = picture.message(job.email.message_id)
            promises.may_be_claimed(row, picture, self.now)
            self.carried.append(Carried(job, row))

    @precondition(lambda house: house.waiting())
    @rule(number=which)
    def asks(self, number: int) -> None:
        self.ask(self.waiting()[number % len(self.waiting())])

    @precondition(lambda house: house.waiting())
    @rule(number=which, failure=st.sampled_from(BEFORE_THE_TEXT))
    def fails_before_the_text(self, number: int, failure: NotSent) -> None:
        self.waiting()[number % len(self.waiting())].outcome = failure

    @precondition(lambda house: len(house.carried) < AT_HAND)
    @rule(until=st.sampled_from(Until))
    def a_worker_comes_so_far(self, until: Until) -> None:
        """It takes up all that is due next, and what comes then finds it in the middle."""
        if not anything_due(self.seen, self.now):
            self.the_next_email_is_due()
        others = len(self.carried)
        self.claims(AT_ONCE)
        fresh = self.carried[others:]
        if fresh and until is not Until.CLAIMED:
            self.ask(*fresh)
        for carried in fresh:
            if carried.granted:
                self.go_on(carried, until)

    def go_on(self, carried: Carried, until: Until) -> None:
        match until:
            case Until.TAKEN:
                self.accept(carried)
            case Until.TAKEN_UNHEARD:
                self.world.takes(carried)
                carried.outcome = DROPPED
            case Until.UNHEARD:
                carried.outcome = DROPPED
            case Until.TURNED_AWAY:
                carried.outcome = AFTER_THE_TEXT[1]
            case Until.CLAIMED | Until.MARKED:
                pass
            case _:
                assert_never(until)

    @precondition(lambda house: bool(house.carried))
    @rule()
    def all_workers_carry_on(self) -> None:
        """Whatever has happened meanwhile, they go on from where they were, to the end."""
        if waiting := self.waiting():
            self.ask(*waiting)
        for carried in self.in_the_air():
            self.accept(carried)
        for carried in list(self.carried):
            self.tell(carried)

    @precondition(lambda house: house.in_the_air())
    @rule(number=which)
    def the_server_takes_it(self, number: int) -> None:
        self.accept(self.in_the_air()[number % len(self.in_the_air())])

    @precondition(lambda house: house.in_the_air())
    @rule(number=which, failure=st.sampled_from(AFTER_THE_TEXT))
    def the_server_wants_it_not(self, number: int, failure: NotSent) -> None:
        self.in_the_air()[number % len(self.in_the_air())].outcome = failure

    @precondition(lambda house: house.in_the_air())
    @rule(number=which, taken=st.booleans())
    def the_line_drops_after_the_text(self, number: int, *, taken: bool) -> None:
        carried = self.in_the_air()[number % len(self.in_the_air())]
        if taken:
            self.world.takes(carried)
        carried.outcome = DROPPED

    @precondition(lambda house: house.to_tell())
    @rule(number=which)
    def tells(self, number: int) -> None:
        self.tell(self.to_tell()[number % len(self.to_tell())])

    @precondition(lambda house: bool(house.carried))
    @rule(number=which)
    def a_line_dies(self, number: int) -> None:
        """Of what was in its hands, nobody says a word any more."""
        self.carried.pop(number % len(self.carried))

    @precondition(lambda house: bool(house.carried))
    @rule()
    def all_workers_die(self) -> None:
        self.carried.clear()

    @rule()
    def dead_workers_are_found(self) -> None:
        worker.finds_the_dead(self.practice)

    @rule()
    def a_worker_does_its_work(self) -> None:
        """Everything that is due, to the end."""
        self.work()

    @rule(how_long=st.sampled_from(WHILES))
    def a_while_passes(self, how_long: timedelta) -> None:
        """And nobody works: what falls due meanwhile is late."""
        self.practice.at(self.now + how_long)

    @rule(days=st.sampled_from([1, 4, 12]))
    def days_pass(self, days: int) -> None:
        """Each mail leaves at its own moment."""
        self.live_until(self.now + timedelta(days=days))

    @rule()
    def the_next_email_is_due(self) -> None:
        """The best moment for anything to go wrong."""
        if moment := self.next_moment():
            self.practice.at(moment)

    @rule(days=st.sampled_from([-1, 1]))
    def the_clock_jumps(self, days: int) -> None:
        self.went_back |= days < 0
        self.practice.at(self.now + timedelta(days=days))

    def waiting(self) -> list[Carried]:
        return [each for each in self.carried if not each.granted and each.outcome is None]

    def in_the_air(self) -> list[Carried]:
        return [each for each in self.carried if each.granted and each.outcome is None]

    def to_tell(self) -> list[Carried]:
        return [each for each in self.carried if each.outcome is not None]

    def ask(self, *waiting: Carried) -> None:
        granted = worker.may_go(self.practice, [each.job for each in waiting])
        picture = self.look()
        for carried in waiting:
            carried.granted = carried.job.message_id in granted
            if carried.granted:
                promises.may_be_handed_over(self, carried, picture)
            else:
                carried.outcome = Withheld()

    def accept(self, carried: Carried) -> None:
        self.world.takes(carried)
        carried.outcome = Taken("250 2.0.0 accepted")

    def tell(self, *ended: Carried) -> None:
        for carried in ended:
            self.carried.remove(carried)
        worker.tells(self.practice, [(each.job, each.outcome) for each in ended if each.outcome])

    def work(self) -> None:
        """A worker with lines of its own, and what beat rings beside it."""
        worker.finds_the_dead(self.practice)
        others = len(self.carried)
        while True:
            self.claims(AT_ONCE)
            fresh = self.carried[others:]
            if not fresh:
                break
            self.carry_to_the_end(fresh)
        with self.practice.at_work():
            close_quietly(self.now)
            for draft_id in approvals.overdue(self.now):
                approvals.expire(draft_id, self.now)

    def carry_to_the_end(self, fresh: list[Carried]) -> None:
        self.ask(*fresh)
        for carried in fresh:
            if carried.granted:
                self.accept(carried)
        self.tell(*fresh)

    def live_until(self, until: datetime) -> None:
        self.work()
        for _ in range(MANY_MOMENTS):
            moment = self.next_moment()
            if moment is None or moment > until:
                break
            self.practice.at(moment)
            self.work()
        else:
            raise AssertionError("the queue does not drain")
        self.practice.at(max(self.now, until))
        self.work()

    def next_moment(self) -> datetime | None:
        """When something happens by itself next: a mail is due, a lease or a quiet time is over."""
        picture = self.look()
        due = [row.due_at for row in picture.in_state(MessageState.SCHEDULED) if row.held_at is None]
        leases = [row.lease_until for row in picture.in_state(MessageState.SENDING)]
        drafts = [row.expires_at for row in picture.in_state(MessageState.AWAITING_APPROVAL)]
        quiet = [row.closes_at for row in picture.running() if row.closes_at]
        retry = [picture.practice.account_retry_at] if picture.practice.account_retry_at else []
        return min((at for at in (*due, *leases, *drafts, *quiet, *retry) if at > self.now), default=None)

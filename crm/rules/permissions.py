"""What each role may do, and whom it sees. This table is the rule; docs/roles.md tells it to the owner."""

from __future__ import annotations

from enum import StrEnum

from crm.rules.roles import Role


class May(StrEnum):
    """Something somebody may do, in words that end the sentence "Only Connor can …"."""

    OWN_ACCOUNT = "look after their own account"
    SEE_PEOPLE = "see people"
    SEE_SCHEDULE = "see which emails go out"
    READ_WORDS = "read what people write"
    ARRANGE = "book calls and move people"
    WRITE = "write to people and keep notes"
    STEER = "decide about planned emails"
    TAG = "put tags on people"
    KEEP_VIEWS = "keep lists under a name"
    INTRODUCE = "add people"
    CORRECT = "change who people are and how they are reached"
    COORDINATE = "put the practice’s people in order"
    SEE_ASIDE = "see what was put aside"
    SEE_REPORTS = "see reports"
    SEE_PLANS = "see sequences and emails"
    EDIT_PLANS = "change sequences and emails"
    KEEP_COLLEAGUES = "change the colleagues people are referred to"
    HOLD = "hold the emails of everyone"
    RUN = "change hours, forms and the spam rules"
    TAKE_CALLS = "set when they take calls"
    EXPORT = "take people’s details out of the practice"
    SET_UP = "change how the practice is set up"


class Sight(StrEnum):
    """Whom somebody sees, and how much: everyone; everyone but no words; or their own people."""

    EVERYONE = "everyone"
    NO_WORDS = "no_words"
    THEIR_OWN = "their_own"


_LOOKING = frozenset(
    {
        May.OWN_ACCOUNT,
        May.SEE_PEOPLE,
        May.SEE_SCHEDULE,
        May.READ_WORDS,
        May.SEE_ASIDE,
        May.SEE_REPORTS,
        May.SEE_PLANS,
    }
)
_COORDINATING = _LOOKING | {
    May.ARRANGE,
    May.WRITE,
    May.STEER,
    May.TAG,
    May.KEEP_VIEWS,
    May.INTRODUCE,
    May.CORRECT,
    May.COORDINATE,
    May.EDIT_PLANS,
    May.KEEP_COLLEAGUES,
    May.HOLD,
    May.RUN,
    May.TAKE_CALLS,
}
_OF_THEIR_OWN = frozenset(
    {
        May.OWN_ACCOUNT,
        May.SEE_PEOPLE,
        May.SEE_SCHEDULE,
        May.READ_WORDS,
        May.ARRANGE,
        May.WRITE,
        May.STEER,
        May.TAG,
        May.KEEP_VIEWS,
        May.TAKE_CALLS,
    }
)
_ASSISTING = frozenset(
    {
        May.OWN_ACCOUNT,
        May.SEE_PEOPLE,
        May.SEE_SCHEDULE,
        May.ARRANGE,
        May.KEEP_VIEWS,
        May.INTRODUCE,
    }
)
ALLOWED: dict[Role, frozenset[May]] = {
    Role.OWNER: frozenset(May),
    Role.COORDINATOR: _COORDINATING,
    Role.CLINICIAN: _OF_THEIR_OWN,
    Role.ASSISTANT: _ASSISTING,
    Role.READ_ONLY: _LOOKING,
}
SIGHT: dict[Role, Sight] = {
    Role.OWNER: Sight.EVERYONE,
    Role.COORDINATOR: Sight.EVERYONE,
    Role.CLINICIAN: Sight.THEIR_OWN,
    Role.ASSISTANT: Sight.NO_WORDS,
    Role.READ_ONLY: Sight.EVERYONE,
}


def may(role: Role, what: May | None) -> bool:
    """Whether this role may do it. What nobody has stated is the owner's alone."""
    return role is Role.OWNER if what is None else what in ALLOWED[role]


def may_change(role: Role, what: May | None) -> bool:
    """The same of what changes something: who may only look changes nothing but their own account."""
    return may(role, what) and (role is not Role.READ_ONLY or what is May.OWN_ACCOUNT)


def roles_that_may(what: May | None) -> tuple[Role, ...]:
    """Every role that may do it, the owner first."""
    return tuple(role for role in Role if may(role, what))


def is_the_owners_alone(what: May | None) -> bool:
    return roles_that_may(what) == (Role.OWNER,)

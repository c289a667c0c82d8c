"""The words for every reason an email has not to go; a test says that none is without."""

from __future__ import annotations

from crm.rules.sending import Reason, StopReason, SuppressionReason, Verdict, Withdrawal

WHY_NOT = {
    Reason.NO_ADDRESS: "there was no address to write to",
    Reason.BOUNCED: "an email to that address had bounced",
    Reason.UNSUBSCRIBED: "{name} had unsubscribed",
    Reason.SPAM: "{name} was in Spam",
    Reason.REPLIED: "{name} had replied",
    Reason.BOOKED: "a call with {name} was agreed",
    Reason.STAGE_CHANGED: "{name} had moved to another stage",
    Reason.CALL_CHANGED: "the call had changed, or was over",
    Reason.OFFER_OVER: "the offer was over",
    Reason.NO_CONSENT: "{name} asked for a personal answer only",
    Reason.FOLLOW_UPS_ENDED: "the follow-ups had ended",
    Reason.QUARANTINED: "{name}’s note looked like spam",
    Reason.READ_FIRST: "{name}’s words may mean danger, and you had not read them yet",
    Reason.PAUSED: "the follow-ups were paused",
    Reason.EVERYTHING_HELD: "you were holding everything",
    Reason.NEEDS_APPROVAL: "you want to see it before it goes",
    Reason.NOT_APPROVED: "you didn’t say yes to it in time",
    Reason.TOO_LATE: "it would have come too late",
    Reason.OVERDUE: "emails had stood still, and what is late leaves one by one",
    Reason.OUTSIDE_HOURS: "it was outside your hours",
    Reason.TOO_SOON: "{name} had had another one too shortly before",
    Reason.WEEK_FULL: "{name} had had as many that week as you allow",
    Reason.DOMAIN_PAUSED: "the mail server at that address had asked for patience",
    Reason.ACCOUNT_LIMIT: "your sending account had sent as many as it may",
}
"""As in "It wasn’t sent: Sam had replied", "It waited, because it was outside your hours"."""

WHY_SUPPRESSED = {
    SuppressionReason.UNSUBSCRIBED: "{name} had unsubscribed",
    SuppressionReason.BOUNCED: "an email to that address had bounced",
    SuppressionReason.COMPLAINED: "{name} had reported an email as spam",
    SuppressionReason.ERASED: "what was known of {name} before had been erased",
}

WHY_STOPPED = {
    StopReason.REPLIED: "because {name} wrote back",
    StopReason.ANSWERED: "because you answered",
    StopReason.CALLED: "because you called",
    StopReason.BOOKED: "because a call is agreed",
    StopReason.BOUNCED: "because the email bounced",
    StopReason.UNSUBSCRIBED: "because {name} unsubscribed",
    StopReason.STAGE_CHANGED: "because of the move",
    StopReason.NO_CONSENT: "because {name} asked for a personal answer only",
    StopReason.NO_ADDRESS: "because there is no address to write to",
    StopReason.BY_HAND: "by your hand",
    StopReason.OTHER_SEQUENCE: "because others started",
    StopReason.MERGED: "because two records became one",
}
"""As in "Follow-ups stopped, because Sam wrote back"."""

WHY_WITHDRAWN = {
    Withdrawal.SKIPPED: "you left it out",
    Withdrawal.OUT_OF_PLAN: "you took it out of the sequence",
    Withdrawal.UNDONE: "you took it back",
    Withdrawal.CALL_CHANGED: "the call was changed",
    Withdrawal.WRITTEN_BY_HAND: "your own letter went in its place",
    Withdrawal.OFFER_OVER: "the offer was over",
    Withdrawal.RESTORED: "it may have gone before this backup was restored",
}
"""As in "It wasn’t sent, because you left it out"."""

VERDICT_WORDS = {
    Verdict.SEND: "It was let go",
    Verdict.WAIT: "It waited",
    Verdict.HOLD: "It waited for you",
    Verdict.SKIP: "It was left out",
    Verdict.END: "It wasn’t sent",
}
"""What can be looked for in the list of all looks."""

REASON_WORDS = {
    Reason.NO_ADDRESS: "no address",
    Reason.BOUNCED: "bounced",
    Reason.UNSUBSCRIBED: "unsubscribed",
    Reason.SPAM: "in Spam",
    Reason.REPLIED: "replied",
    Reason.BOOKED: "a call is agreed",
    Reason.STAGE_CHANGED: "another stage",
    Reason.CALL_CHANGED: "the call changed",
    Reason.OFFER_OVER: "the offer was over",
    Reason.NO_CONSENT: "a personal answer only",
    Reason.FOLLOW_UPS_ENDED: "follow-ups ended",
    Reason.QUARANTINED: "looks like spam",
    Reason.READ_FIRST: "read first",
    Reason.PAUSED: "paused",
    Reason.EVERYTHING_HELD: "everything on hold",
    Reason.NEEDS_APPROVAL: "you see it first",
    Reason.NOT_APPROVED: "no yes in time",
    Reason.TOO_LATE: "too late",
    Reason.OVERDUE: "late, one by one",
    Reason.OUTSIDE_HOURS: "outside your hours",
    Reason.TOO_SOON: "too soon after another",
    Reason.WEEK_FULL: "enough that week",
    Reason.DOMAIN_PAUSED: "their server asked for patience",
    Reason.ACCOUNT_LIMIT: "your account’s limit",
}
"""The same in as few words as a choice has room for."""

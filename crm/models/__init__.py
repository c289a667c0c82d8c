"""State and its transitions, one aggregate per file. Importing this package maps them all."""

from .account import Account, SetupLink, SignIn
from .booking import Booking, Medium, Outcome
from .event import Decision, Event, EventKind
from .inbound import Reply, ReplyChannel
from .job_run import JobRun
from .lead import Inquiry, Lead, Waiting
from .message import Message, NoticeKind, Urgency
from .note import CallResult, Draft, DraftKind, Note, NoteKind
from .practice import FollowUpPolicy, Practice
from .sequence import Enrollment, Sequence, Step, Trigger
from .suppression import Suppression
from .template import EmailTemplate, TemplateVersion
from .undo import Undo

__all__ = [
    "Account",
    "Booking",
    "CallResult",
    "Decision",
    "Draft",
    "DraftKind",
    "EmailTemplate",
    "Enrollment",
    "Event",
    "EventKind",
    "FollowUpPolicy",
    "Inquiry",
    "JobRun",
    "Lead",
    "Medium",
    "Message",
    "Note",
    "NoteKind",
    "NoticeKind",
    "Outcome",
    "Practice",
    "Reply",
    "ReplyChannel",
    "Sequence",
    "SetupLink",
    "SignIn",
    "Step",
    "Suppression",
    "TemplateVersion",
    "Trigger",
    "Undo",
    "Urgency",
    "Waiting",
]

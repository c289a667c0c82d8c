"""State and its transitions, one aggregate per file. Importing this package maps them all."""

from crm.models.account import Account, LastOwner, SignIn
from crm.models.alias import Alias
from crm.models.assignment import Assignment
from crm.models.attempt import Attempt
from crm.models.booking import Booking, Medium, Outcome
from crm.models.consent_text import ConsentText
from crm.models.crisis_edition import CrisisEdition
from crm.models.dispatch import Dispatch, DispatchTry
from crm.models.distinction import Distinction
from crm.models.domain_pause import DomainPause
from crm.models.enrollment import Enrollment
from crm.models.event import Decision, Event, EventKind
from crm.models.guess_tally import Bucket, GuessTally
from crm.models.half_sign_in import HalfSignIn
from crm.models.hook_delivery import Delivery
from crm.models.inbound import Reply, ReplyChannel
from crm.models.incoming import Incoming, RawMail
from crm.models.inquiry import Inquiry
from crm.models.inquiry_form import FormSlug, FormVersion, InquiryForm, Starts
from crm.models.instance import Instance
from crm.models.job_run import JobRun
from crm.models.kept_answer import KeptAnswer
from crm.models.lead import Lead, Waiting
from crm.models.listener import Listener
from crm.models.mailbox import MailAccount, MailFolder, Overtaken
from crm.models.merge import Merge
from crm.models.message import Message, NoticeKind, Urgency
from crm.models.note import CallResult, Draft, DraftKind, Note, NoteKind
from crm.models.one_time_link import Invitation, PasswordReset, SetupLink
from crm.models.passkey import Challenge, Passkey, Purpose
from crm.models.people_import import ImportRow, ImportState, PeopleImport
from crm.models.practice import FollowUpPolicy, Line, Practice
from crm.models.saved_view import SavedView
from crm.models.search_entry import SearchEntry, SearchIndex
from crm.models.second_step import RecoveryCode
from crm.models.sender_rule import SenderRule, SenderTrait
from crm.models.sequence import Sequence, Step, Trigger
from crm.models.sequence_version import SequenceVersion
from crm.models.source import Source
from crm.models.suppression import Suppression
from crm.models.sweep import Sweep, SweepOutcome, SweepPerson, SweepState
from crm.models.tag import LeadTag, Tag
from crm.models.template import EmailTemplate, TemplateVersion
from crm.models.undo import Undo

__all__ = [
    "Account",
    "Alias",
    "Assignment",
    "Attempt",
    "Booking",
    "Bucket",
    "CallResult",
    "Challenge",
    "ConsentText",
    "CrisisEdition",
    "Decision",
    "Delivery",
    "Dispatch",
    "DispatchTry",
    "Distinction",
    "DomainPause",
    "Draft",
    "DraftKind",
    "EmailTemplate",
    "Enrollment",
    "Event",
    "EventKind",
    "FollowUpPolicy",
    "FormSlug",
    "FormVersion",
    "GuessTally",
    "HalfSignIn",
    "ImportRow",
    "ImportState",
    "Incoming",
    "Inquiry",
    "InquiryForm",
    "Instance",
    "Invitation",
    "JobRun",
    "KeptAnswer",
    "LastOwner",
    "Lead",
    "LeadTag",
    "Line",
    "Listener",
    "MailAccount",
    "MailFolder",
    "Medium",
    "Merge",
    "Message",
    "Note",
    "NoteKind",
    "NoticeKind",
    "Outcome",
    "Overtaken",
    "Passkey",
    "PasswordReset",
    "PeopleImport",
    "Practice",
    "Purpose",
    "RawMail",
    "RecoveryCode",
    "Reply",
    "ReplyChannel",
    "SavedView",
    "SearchEntry",
    "SearchIndex",
    "SenderRule",
    "SenderTrait",
    "Sequence",
    "SequenceVersion",
    "SetupLink",
    "SignIn",
    "Source",
    "Starts",
    "Step",
    "Suppression",
    "Sweep",
    "SweepOutcome",
    "SweepPerson",
    "SweepState",
    "Tag",
    "TemplateVersion",
    "Trigger",
    "Undo",
    "Urgency",
    "Waiting",
]

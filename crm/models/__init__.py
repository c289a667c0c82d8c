"""State and its transitions, one aggregate per file. Importing this package maps them all."""

from crm.models.account import Account, LastOwner, SignIn
from crm.models.alias import Alias
from crm.models.assignment import Assignment
from crm.models.attempt import Attempt
from crm.models.audit import Audit, AuditAnchor, AuditHead
from crm.models.booking import Booking, BookingState, MadeBy, Medium, Outcome, Taken
from crm.models.call_settings import CallSettings, Confirms
from crm.models.colleague import Colleague
from crm.models.consent_text import ConsentText
from crm.models.crisis_edition import CrisisEdition
from crm.models.dispatch import Dispatch, DispatchTry
from crm.models.distinction import Distinction
from crm.models.domain_check import DomainCheck
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
from crm.models.key_check import KeyCheck
from crm.models.lead import Lead
from crm.models.listener import Listener
from crm.models.mail_provider import MailParcel, MailProvider
from crm.models.mailbox import MailAccount, MailFolder, Overtaken
from crm.models.merge import Merge
from crm.models.message import Message
from crm.models.note import CallResult, Draft, DraftKind, Note, NoteKind
from crm.models.occupancy import Occupancy
from crm.models.one_time_link import Invitation, PasswordReset, SetupLink
from crm.models.opening import Opening, SpecialDay
from crm.models.own_calendar import BusyTime, OwnCalendar
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
from crm.models.urgency import NoticeKind, Urgency
from crm.models.vacancy import Offer, Vacancy
from crm.models.waitlisted import Waiting

__all__ = [
    "Account",
    "Alias",
    "Assignment",
    "Attempt",
    "Audit",
    "AuditAnchor",
    "AuditHead",
    "Booking",
    "BookingState",
    "Bucket",
    "BusyTime",
    "CallResult",
    "CallSettings",
    "Challenge",
    "Colleague",
    "Confirms",
    "ConsentText",
    "CrisisEdition",
    "Decision",
    "Delivery",
    "Dispatch",
    "DispatchTry",
    "Distinction",
    "DomainCheck",
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
    "KeyCheck",
    "LastOwner",
    "Lead",
    "LeadTag",
    "Line",
    "Listener",
    "MadeBy",
    "MailAccount",
    "MailFolder",
    "MailParcel",
    "MailProvider",
    "Medium",
    "Merge",
    "Message",
    "Note",
    "NoteKind",
    "NoticeKind",
    "Occupancy",
    "Offer",
    "Opening",
    "Outcome",
    "Overtaken",
    "OwnCalendar",
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
    "SpecialDay",
    "Starts",
    "Step",
    "Suppression",
    "Sweep",
    "SweepOutcome",
    "SweepPerson",
    "SweepState",
    "Tag",
    "Taken",
    "TemplateVersion",
    "Trigger",
    "Undo",
    "Urgency",
    "Vacancy",
    "Waiting",
]

"""Every shipped email as one invented person would get it: for golden files and for looking at."""

from __future__ import annotations

from crm.mail.letters import Blanks, Content, Crisis, Frame, letter
from crm.rules.wording import Wording
from crm.seeds.texts import TEMPLATES

ADDRESS_LINE = "Spring Street Therapy, 1 Example St, Suite 4, Los Angeles, CA 90013"
STOP_LINK = "https://crm.springstreet.example/stop/mAd3Up70k3n0fMaYa5"
ASKED = "You asked for a call at springstreet.example on March 9."
ACKNOWLEDGED = Frame(
    why_line="You’re getting this because you asked for a call at springstreet.example.",
    address_line=ADDRESS_LINE,
    stop_link=STOP_LINK,
    crisis=Crisis.LAST,
)
READ_FIRST = Frame(ACKNOWLEDGED.why_line, ADDRESS_LINE, STOP_LINK, Crisis.FIRST)
HOW_MANY_MORE = {
    "still_here": " I’ll write at most twice more.",
    "about_cost": " I’ll write at most once more.",
    "whenever_you_are_ready": " I’ll write at most once more.",
    "door_stays_open": " This is the last note I’ll send by myself.",
    "door_open_for_you": " This is the last note I’ll send by myself.",
    "missed_each_other": " This is the last note I’ll send by myself.",
    "people_i_trust": "",
}

MAYA = Blanks(
    first_name="Maya",
    booking_link="https://crm.springstreet.example/call/mAd3Up70k3n0fMaYa5",
    reply_by_time="Tuesday evening",
    call_time="Thursday at 5:15 pm",
    practice_name="Spring Street Therapy",
    my_name="Connor",
    office_address="1 Example St, Suite 4, Los Angeles, CA 90013",
    line_from_you="Dr. Ana Whitfield sees new parents: 555-0142\nLee Park has evenings: lee@park.example",
)
SOMEONE = Blanks(
    booking_link=MAYA.booking_link,
    reply_by_time=MAYA.reply_by_time,
    practice_name=MAYA.practice_name,
    my_name=MAYA.my_name,
    office_address=MAYA.office_address,
)
"""What an acknowledgement may know: nothing that was typed into the form (R12)."""

REPLY = Wording(
    subject="Re: I got your note",
    preview="",
    body="""\
Hi {first name},

Thursday at 5:15 works. I’ll call the number you gave me.

Two things that may help:

1. You don’t need to prepare *anything*.
2. If the line drops, I’ll ring again, or write to <connor@springstreet.example>.

Here is [how to find the office](https://springstreet.example/office), should we ever meet there.

Connor
""",
)
"""What the owner might type by hand: numbered, with links, and no footer."""


def specimens() -> dict[str, Content]:
    """Name of the golden file -> the filled letter."""
    filled = {
        key: letter(TEMPLATES[key]).fill(MAYA, Frame(ASKED + more, ADDRESS_LINE, STOP_LINK))
        for key, more in HOW_MANY_MORE.items()
    }
    acknowledgement = letter(TEMPLATES["got_your_note"])
    filled["got_your_note"] = acknowledgement.fill(SOMEONE, ACKNOWLEDGED)
    filled["got_your_note-read_first"] = acknowledgement.fill(SOMEONE, READ_FIRST)
    filled["personal_reply"] = letter(REPLY).fill(MAYA, Frame())
    return filled

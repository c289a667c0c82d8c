"""The pages of a person in English."""

from __future__ import annotations

from crm.rules import sheet_words
from crm.rules.page_words import (
    AwayWords,
    CallWords,
    DetailsWords,
    OwnWords,
    PageWords,
    StopWords,
    TimesWords,
    WishesWords,
)
from crm.rules.sheets import FormLanguage

TOO_LONG = "A little shorter, please."

TIMES = TimesWords(
    title="Choose a time to talk",
    title_again="Choose another time",
    length="{count} minutes",
    whose="{length} with {clinician}, free.",
    yours_now="Yours is {when} now; another one takes its place.",
    will_confirm="I’ll confirm the time, or suggest another.",
    can_be_moved="You can move or cancel it later.",
    gone="Someone took {time} a moment ago. These are still free.",
    not_to_be_had="{time} can’t be had any more. These are free.",
    busy="You’ve changed this a few times just now. Wait an hour, or [tell me when suits you].",
    how_to_talk="How shall we talk?",
    times_are_in="Times are in",
    show="Show",
    other_days="Other days",
    earlier="Earlier",
    later="Later",
    full="Full",
    choose_above="Choose a time above.",
    change="Change",
    ask="Ask for this time",
    move="Move the call",
    book="Book this call",
    one_moment="One moment…",
    nothing_free="Nothing is free in the days I’ve opened so far.",
    none_of_these="None of these? [Tell me when suits you] and I’ll find something.",
    anything_else="If you’ve found someone, or now isn’t the time, that’s a good answer too: [say so here]. "
    "There you also correct your name, number or address, stop these emails, or have everything deleted.",
    choose_first="Choose a time first.",
    which_way="By phone or by video?",
    where_to_call="Where shall I call you? It reads like (213) 555-0148.",
    your_number="Your phone number",
    calls_you="{name} calls you",
    you_call="You call {name}",
    by_video="Video",
    in_person="In person",
    calls="{name} calls {number}.",
    you_call_number="You call {number}.",
    number_you_gave="the number you gave",
    link_by_email="The link comes with the email that confirms it.",
    at_practice="At the practice.",
    city_time="{city} time",
    choose_now="Choose a time now",
)
WISHES = WishesWords(
    title="When suits you?",
    lead="Say up to three times that would work, in your own words. I’ll find something and write back.",
    first="A time that suits you",
    second="Another",
    third="And another",
    example="For example: Tuesdays after 5, or Friday before 10.",
    one_at_least="Say one time at least.",
    too_long=TOO_LONG,
    anything="Anything I should know?",
)
CALL = CallWords(
    title="Your call",
    asked="I have your wish.",
    asked_lead="I’ll confirm this time, or suggest another. Until then it is kept for you.",
    off="This call is off.",
    off_lead="The time below is free again. If you’d still like to talk, choose another.",
    over="This call is over.",
    then="We’ll talk then.",
    then_lead="You don’t have to prepare anything.",
    another_time="Choose another time",
    call_off="Call it off",
    no_reason="No reason needed, either way. {clinician} sees it at once.",
    video="By video. The link comes by email.",
    in_person="In person, at the practice.",
)
OWN = OwnWords(
    title="When shall we talk?",
    lead="Fifteen minutes, free, nothing to prepare. Say what suits you, and I’ll write back with a time. "
    "If things have changed, that’s a good answer too.",
    away="Your answer isn’t with me yet: something here needs a moment. What you chose is still below. "
    "Wait a minute, then send it again.",
    where="Where are you with this?",
    answers={"times": "I’d like to talk", "found": "I’ve found someone", "not_now": "Not now"},
    answers_with_call={
        "stays": "Our call stays as it is",
        "found": "I’ve found someone",
        "not_now": "Not now",
    },
    off_with_that="If you’ve found someone, or it’s “not now”, our call is off with your answer.",
    days="Which days are good?",
    day_names=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"),
    times="What time of day?",
    time_names=("Mornings", "Midday", "Late afternoon", "Evenings"),
    by="How shall we talk?",
    by_names=("Phone", "Video"),
    again="If it’s “not now”: may I write again?",
    no_thanks="No, thank you",
    anything="Anything I should know?",
    write_a_line="Write a line, or leave this page: the call stays as it is.",
    too_long=TOO_LONG,
    something_else="Something else?",
    correct="Correct my name, number or address",
    stop="Stop these emails",
    delete="Have everything about me deleted",
    delete_lead="{signer} is asked to erase all that is kept about you, and no follow-ups go to you from now "
    "on. What has to be kept by law stays as long as it must.",
    delete_now="Delete everything about me",
    the_practice="The practice",
    thanks_title="Thank you",
    stays="It is with me, and our call stays as it is.",
    found="I’m glad you found someone.",
    found_lead="Thank you for telling me. I won’t send any more follow-ups, and I wish you well with it.",
    not_now="That’s a good answer too.",
    not_now_lead="Thank you for telling me. I won’t send any more follow-ups.",
    in_month="I’ll write to you once, myself, in {month}.",
    write_again="If you ever want to talk, write again.",
    call_is_off="Our call is off.",
    times_lead="I’ll write back myself with a time that suits us both.",
)
DETAILS = DetailsWords(
    title="What has changed?",
    lead="Fill in only that. The rest stays as it is.",
    away="This isn’t with me yet: something here needs a moment. What you typed is still below. "
    "Wait a minute, then send it again.",
    busy="You’ve changed this a few times just now. Wait an hour, or answer one of my emails.",
    name="Your name",
    phone="Your phone number",
    email="Your email address",
    email_hint="I look at a new address before anything goes there, so that nobody but you can lead your "
    "emails elsewhere.",
    nothing="Write down what has changed. The rest stays as it is.",
    back="Back",
    noted="It is noted.",
    asked="I’ll look at the new address myself. Until I’ve said yes, emails go where they went before, "
    "and no follow-ups go at all.",
)
STOP = StopWords(
    title="Stop these emails",
    question="Stop these emails?",
    lead="You won’t get any more follow-ups at {address}. No hard feelings, and no reason needed.",
    your_address="your address",
    stop="Stop these emails",
    keep="Keep them",
    still_answered="If you’re waiting for an answer from {signer}, you still get that one. To have "
    "everything about you deleted, stop them first, and say so on the next page.",
    was_erased="What I had about you before was erased, so no follow-ups come to you. If you want them after "
    "all, say so here.",
    send_again="Send me follow-ups again",
    stopped_title="No more follow-ups",
    stopped="Done. No more follow-ups.",
    stopped_lead="Take good care. If you ever want to talk, you can write again and I’ll answer you myself.",
    undo="Undo, I didn’t mean to",
    undone_title="Undone",
    undone="All right, that’s undone.",
    undone_lead="I may write to you again. Each email still has a link to stop.",
    when_suits="Tell me when a call suits you",
    no_stop="No, stop them",
    erasure_title="I’ll see to it",
    erasure_lead="{signer} has been asked to erase everything about you. No follow-ups go to you from "
    "now on.",
    erasure_law="What has to be kept by law stays as long as it must. If you are waiting for an answer, you "
    "still get that one.",
    erasure_call="Your call still stands. Call it off if you don’t want it any more: once all is erased, "
    "nobody can tell you.",
)
AWAY = AwayWords(
    title="One moment",
    heading="One moment, please.",
    lead="Something here needs a moment, and nothing was booked. Wait a minute, then try it again.",
    again="Try again",
)
ENGLISH = PageWords(FormLanguage.ENGLISH, sheet_words.ENGLISH, TIMES, WISHES, CALL, OWN, DETAILS, STOP, AWAY)

"""The emails a practice starts with: warm, unhurried, one idea, an easy way out (design/UI.md, 7 and 9).

Written for this product. The acknowledgement says nothing its reader typed (RELIABILITY.md, R12).
"""

from __future__ import annotations

from crm.rules.wording import Wording

TEMPLATES = {
    "got_your_note": Wording(
        subject="I got your note",
        preview="I read every one myself, and I’ll answer yours.",
        body="""\
Hi {first name},

Thank you for writing. A note like that can take a few tries, and yours arrived.

I read every one myself, and you’ll hear from me by **{reply-by time}**.

If you’d rather talk sooner, tell me when you’re free and I’ll do my best to call you then. It’s \
free, it takes fifteen minutes, and there’s nothing to prepare.

{button Tell me when suits you}

A word about email: it’s less private than a conversation, so nothing you wrote is repeated here. \
If you write back, say only what you’d be comfortable finding in your own inbox. The rest can wait \
until we talk.

Warmly,
{my name}
""",
    ),
    "still_here": Wording(
        subject="Still here, if it’s useful",
        preview="A free fifteen-minute call, whenever you like.",
        body="""\
Hi {first name},

Between writing to someone and talking to them, life has a way of happening. Nothing needs \
explaining.

If you’re weighing up a few people, here is how I see it. Methods and degrees are a little like \
the meal and the movie on a long flight: nice to have, and not what you came for. You came to be \
in good hands. What I’d look for is someone you can say the true thing to, and a few minutes of \
talking usually tell you that.

That’s all a first call is for. And I may not be the right one. Then I’ll say so, and help you \
find who is.

{button Tell me when suits you}

If you’ve found someone already, or this isn’t the moment, that’s a good answer too. One word back \
is enough.

Warmly,
{my name}
""",
    ),
    "about_cost": Wording(
        subject="About cost, plainly",
        preview="The call is free. Here is how the rest works.",
        body="""\
Hi {first name},

Money is an awkward thing to ask about, so I’ll go first.

The call costs nothing. After that I work outside the insurance networks: you pay me directly, and I \
write you a receipt that you can send to your plan. Some plans pay part of it back. Three things to \
ask yours:

- Do I have out-of-network benefits for outpatient therapy?
- How much do I pay myself before they start, and how much of that is left this year?
- After that, what share of each visit do you pay back?

Ask me what I charge, here or on the call, and you’ll get a number.

If the number doesn’t fit, tell me that too. I know people who charge less and people inside the \
networks, and I’d gladly point you to one of them.

{button Tell me when suits you}

Warmly,
{my name}
""",
    ),
    "door_stays_open": Wording(
        subject="The door stays open",
        preview="My last note, unless you write.",
        body="""\
Hi {first name},

This is the last note I’ll send unless I hear from you. I don’t want to be one more thing in your \
inbox.

Maybe you’ve found someone, or things look different by now. Then I’m glad. And if you’re still \
looking and nobody has felt right yet, trust that feeling, and keep looking for the person rather \
than for the perfect method.

Nothing runs out here. Next month or next year, answer this note and it reaches me. If what you’d \
like is another name or two, ask me for those.

{button Tell me when suits you}

Take good care,
{my name}
""",
    ),
    "whenever_you_are_ready": Wording(
        subject="Whenever you’re ready",
        preview="No hurry, and no wrong answer.",
        body="""\
Hi {first name},

It was good to hear from you. Some people know at once what they’d like to do next, and some need \
to carry it around for a while. Either is fine.

If it helps, here is the question I’d ask. Think of the thing you haven’t quite said to anyone. \
Could you imagine saying it to me, not today, but some day?

If you could, let’s find a time. If you couldn’t, that’s worth knowing, and I’ll help you find \
someone it would be easier with.

{button Tell me when suits you}

Warmly,
{my name}
""",
    ),
    "door_open_for_you": Wording(
        subject="The door stays open for you",
        preview="There’s nothing you need to do.",
        body="""\
Hi {first name},

I’ll leave it here, so that my notes don’t turn into something you have to deal with.

You may have found someone, or decided to wait, or just had a full couple of weeks. Any of those \
is all right.

If you ever want to pick this up again, answer this note or [tell me when suits you]({booking \
link}), however much time has gone by. You won’t have to explain the gap or start from the \
beginning.

Take good care,
{my name}
""",
    ),
    "missed_each_other": Wording(
        subject="We missed each other",
        preview="It happens. Another time is easy to find.",
        body="""\
Hi {first name},

We had planned to talk, and it didn’t come together. That happens: a day tips over, a phone dies, \
or it suddenly feels like the wrong moment.

If you’d still like to, tell me when suits you and we’ll find another time.

{button Tell me when suits you}

If talking feels like a lot right now, writing back works just as well. And if you’d rather leave \
it, that’s all right too, no reason needed.

Warmly,
{my name}
""",
    ),
    "people_i_trust": Wording(
        subject="People I’d trust with this",
        preview="And thank you for writing to me.",
        body="""\
Hi {first name},

Thank you for trusting me with your note. I’ve thought about it, and I’m not the right person for \
this. That’s about the limits of what I do, and not about you or what you asked.

There are people I’d trust with it, and I’d like you to end up with one of them.

{line from you}

Tell them I sent you, if that makes it easier to begin. It’s fine to talk with more than one, and \
to go with whoever you can speak to most freely.

If that comes to nothing, or you’d like another name, write back and I’ll think of someone else.

Warmly,
{my name}
""",
    ),
}
"""The shipped texts by key."""

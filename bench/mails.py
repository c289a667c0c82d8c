"""`make mails`: what the reading of mails makes of our own specimens, kind by kind."""

from __future__ import annotations

from bench.telling import tell
from crm.rules.verdicts import Kind
from tests.mails import corpus


def main() -> None:
    for name in ("tuned on", "held out", "all"):
        said = [(specimen, corpus.verdict(specimen)) for specimen in corpus.lot(name)]
        tell(f"{len(said)} mails, {name}:")
        for kind in Kind:
            score = corpus.score(kind, said)
            if score.there or score.said:
                shown = f"precision {score.precision:6.1%}  recall {score.recall:6.1%}"
                tell(f"   {kind:18} {shown}  of {score.there}")
        recipients = corpus.share(
            said, lambda s: s.recipient, lambda s, v: v.recipient.lower() == s.recipient
        )
        words = corpus.share(said, lambda s: s.new_text, corpus.same_words)
        wishes = corpus.share(said, lambda s: s.wish, corpus.same_wish)
        dates = corpus.share(said, lambda s: s.returns_on, lambda s, v: v.returns_on == s.returns_on)
        wrongly = sum(corpus.acts_wrongly(specimen, verdict) for specimen, verdict in said)
        tell(f"   whom it concerns {recipients.recall:6.1%} of {recipients.there}")
        tell(f"   exactly their own words {words.recall:6.1%} of {words.there}")
        tell(f"   the wish {wishes.recall:6.1%} of {wishes.there}; ended mail nobody asked to end: {wrongly}")
        tell(f"   the day of return {dates.recall:6.1%} of {dates.there}")


if __name__ == "__main__":
    main()

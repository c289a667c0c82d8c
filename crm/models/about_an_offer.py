"""An email about a place that is offered: about which offer, and what it says."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from crm.db import Word
from crm.rules.offers import OfferNote

ABOUT_ONE_OFFER = (
    sa.UniqueConstraint("offer_id", "offer_note"),
    sa.CheckConstraint(
        "(kind = 'offer') = (offer_id IS NOT NULL AND offer_note IS NOT NULL)", name="an_offer_is_one"
    ),
)
"""A place is offered to somebody once, and they are told once that it is gone."""


class AboutAnOffer:
    """The part of a message that is about an offer."""

    offer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("offer.id"))
    offer_note: Mapped[OfferNote | None] = mapped_column(Word(OfferNote))

"""A form builder at its way in: it knows an address of ours, and hands in what was typed."""

from __future__ import annotations

import sqlalchemy as sa
from werkzeug.test import TestResponse

from crm.models import Delivery, Source
from crm.rules.ways_in import Scope, SourceKind
from crm.web.source_tokens import fresh_token, token_hash
from tests.practice import Practice
from tests.rules.specimens_of_builders import Specimen


class Builder:
    """One source, and the program that has its address."""

    def __init__(self, practice: Practice, kind: SourceKind = SourceKind.OTHER, **known: object) -> None:
        self.practice, self.token = practice, fresh_token()
        with practice.at_work() as session:
            source = Source(name="Contact page", kind=kind, scopes=[str(Scope.HAND_IN)], made_at=practice.now)
            source.give_token(self.token, token_hash(self.token))
            for name, value in known.items():
                setattr(source, name, value)
            session.add(source)
            session.flush()
            self.source_id = source.id

    def sends(self, what: Specimen, headers: dict[str, str] | None = None) -> TestResponse:
        return self.practice.app.test_client().post(
            f"/hooks/{self.token}",
            data=what.body,
            headers={"Content-Type": what.content_type, **(headers or {})},
        )


def deliveries(practice: Practice) -> list[Delivery]:
    with practice.reading() as session:
        return list(session.scalars(sa.select(Delivery).order_by(Delivery.id)))

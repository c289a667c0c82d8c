"""A form builder at its way in: it knows an address of ours, and hands in what was typed."""

from __future__ import annotations

import sqlalchemy as sa
from werkzeug.test import TestResponse

from crm.models import Delivery
from crm.rules.ways_in import SourceKind
from tests.practice import Practice
from tests.rules.specimens_of_builders import Specimen
from tests.web.program import way_in


class Builder:
    """One source, and the program that has its address."""

    def __init__(self, practice: Practice, kind: SourceKind = SourceKind.OTHER, **known: object) -> None:
        self.practice = practice
        self.source_id, self.token = way_in(practice, kind, **known)

    def sends(self, what: Specimen, headers: dict[str, str] | None = None) -> TestResponse:
        return self.practice.app.test_client().post(
            f"/hooks/{self.token}",
            data=what.body,
            headers={"Content-Type": what.content_type, **(headers or {})},
        )


def deliveries(practice: Practice) -> list[Delivery]:
    with practice.reading() as session:
        return list(session.scalars(sa.select(Delivery).order_by(Delivery.id)))

"""What people tell stays in the database: no log, no broker, no address, no error page and no notice has it.

Every field of every way in gets a word that nobody else uses. Then all of it runs, with the engine's log at
its most talkative, with a mail server that repeats whom it refuses, a page that breaks, a token refused.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pytest
import redis.exceptions
import sqlalchemy as sa

from crm import clock
from crm.db import Base, db, transaction
from crm.models import Lead, Message, Practice, Source
from crm.rules.ways_in import SourceKind, scopes_of
from crm.web.source_tokens import fresh_token, token_hash
from tests.local.waiting import until
from tests.mail.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.practice import PASSWORD as OWNERS_PASSWORD
from tests.system.house import OWNER, House, open_house
from tests.system.postoffice import Manners, PostOffice
from tests.system.visitor import Answer, Visitor, fields

pytestmark = pytest.mark.system
MARKS = {
    "name": "Quillonia",
    "address": "zylomail",
    "number": "5550177",
    "message": "glockenspielen",
    "free": "fagottotimes",
    "found": "celestafound",
    "api": "sousaphonia",
    "hook": "theorbohook",
    "mail": "krummhornmail",
    "page": "psalteryday",
    "note": "serpentnote",
    "reply": "ophicleide",
    "list": "hurdygurdy",
    "sought": "nyckelharpa",
    "password": "flugelhornpass",
}
ALL = tuple(mark.lower() for mark in MARKS.values())
WRITER = f"{MARKS['address']}@{MARKS['name'].lower()}.example"


ENDED = (redis.exceptions.ConnectionError, OSError, ValueError)


class Heard:
    """All that went over the broker, from now on."""

    def __init__(self, house: House) -> None:
        self.said: list[str] = []
        self._client = house.redis_client()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(*ENDED), self._client.monitor() as all_of_it:  # type: ignore[no-untyped-call]
            for command in all_of_it.listen():
                self.said.append(str(command))


@pytest.fixture(scope="module")
def mailboxes() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
def house(own_database: str, office: PostOffice, mailboxes: Dovecot, place: Path) -> Iterator[House]:
    given = {"LOG_LEVEL": "DEBUG", "RETRY_SCHEDULE": "1s", "IMAP_HOST": "127.0.0.1", "IMAP_SECONDS": "2"}
    given |= {"IMAP_PORT": str(mailboxes.imap), "IMAP_SECURITY": "none", "IMAP_USERNAME": USER}
    with open_house(place, own_database, office, **given, IMAP_PASSWORD=PASSWORD) as opened:
        with opened.app.app_context(), transaction():
            Practice.current().notify_owner = True
        opened.redis()
        opened.beat()
        yield opened


def test_whatever_people_tell_stands_in_no_log_broker_address_error_page_or_notice(
    house: House, office: PostOffice, mailboxes: Dovecot, tell: Callable[[str], None]
) -> None:
    heard, answers = Heard(house), list[Answer]()
    refusal = f"550 5.7.1 <{WRITER}> unwanted, says {MARKS['name']}"
    office.manners = Manners(rcpt={WRITER: [f"451 4.7.1 <{WRITER}> later", refusal]})
    visitor = house.web()
    house.worker()

    answers += by_every_way_in(house, visitor)
    assert until(lambda: mailbox_is_known(house), 90), house.running.logs()
    mailboxes.deliver(mail())
    answers += by_the_owner(house)
    assert until(lambda: house.due() == 0, 60), house.running.logs()
    assert until(lambda: mail_was_read(house), 60), house.running.logs()
    assert set(ALL) - in_the_database(house) == {MARKS["sought"], MARKS["password"]}
    answers += things_that_break(house)

    told = told_anywhere(house, office, heard, answers)
    assert {name: found for name, found in told.items() if found} == {}
    logs = "".join(log.read_text(errors="replace") for log in house.running.folder.glob("*.log"))
    assert "database_unavailable" in logs or "exception" in logs.lower()
    tell(f"{len(ALL)} marks in {len(logs):,} letters of logs, {len(heard.said):,} commands to the broker, "
         f"{len(answers)} addresses and notices: {sum(map(len, told.values()))} found")  # fmt: skip


def by_every_way_in(house: House, visitor: Visitor) -> Iterator[Answer]:
    form = visitor.open("/consultation")
    typed = {"name": MARKS["name"], "email": WRITER, "phone": f"213{MARKS['number']}"}
    typed |= {"message": MARKS["message"], "free_times": MARKS["free"], "found_us": MARKS["found"]}
    yield visitor.submit(form, "/consultation", **typed)
    refused = {"email": f"{MARKS['address']}@", "message": MARKS["message"], "name": ""}
    yield visitor.submit(form, "/consultation", **refused)
    yield from by_programs(house)
    with house.app.app_context():
        token = db.session.scalars(sa.select(Lead.page_token)).first()
    page = visitor.open(f"/call/{token}")
    typed = fields(page.form(f"/call/{token}")) | {"answer": "times", "message": MARKS["page"]}
    yield visitor.post(f"/call/{token}", typed)


def by_programs(house: House) -> Iterator[Answer]:
    """The API, with a body that is taken, one that is not, and one with a token nobody knows; and a hook."""
    api, hook = (_source(house, kind) for kind in (SourceKind.API, SourceKind.OTHER))
    body = {"name": MARKS["api"], "email": f"{MARKS['api']}@example.org", "message": MARKS["api"]}
    for token, said in ((api, body), (api, {"email": MARKS["api"]}), (MARKS["api"], body)):
        _post(house, "/api/v1/inquiries", json.dumps(said), token, f"{MARKS['api']}-{len(said)}")
    handed_in = json.dumps({"email": f"{MARKS['hook']}@example.org", "text": MARKS["hook"]})
    for payload in (handed_in, MARKS["hook"]):
        _post(house, f"/hooks/{hook}", payload, "", "")
    return iter(())


def _source(house: House, kind: SourceKind) -> str:
    token = fresh_token()
    with house.app.app_context(), transaction() as rows:
        scopes = [str(scope) for scope in scopes_of(kind)]
        source = Source(name="Site", kind=kind, scopes=scopes, made_at=clock.now())
        source.give_token(token, token_hash(token))
        rows.add(source)
    return token


def _post(house: House, path: str, body: str, token: str, key: str) -> int:
    line = HTTPConnection("127.0.0.1", house.port, timeout=30)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}", "Idempotency-Key": key}
    line.request("POST", path, body, headers)
    status = line.getresponse().status
    line.close()
    return status


def mail() -> bytes:
    return (
        f"From: {MARKS['name']} <{WRITER}>\r\nTo: {OWNER}\r\nSubject: {MARKS['mail']}\r\n"
        f"Message-ID: <{MARKS['mail']}@example.org>\r\nDate: Sat, 28 Nov 2026 06:00:00 +0000\r\n"
        f"\r\n{MARKS['mail']}\r\n"
    ).encode()


def by_the_owner(house: House) -> Iterator[Answer]:
    owner = signed_in(house)
    yield owner.submit(owner.open("/sign-in"), "/sign-in", email=OWNER, password=MARKS["password"])
    with house.app.app_context():
        lead_id = db.session.scalars(sa.select(Lead.id).order_by(Lead.id)).first()
    page = owner.open(f"/people/{lead_id}")
    token = {"csrf_token": page.form("/sign-out").find("input")[0].attributes["value"]}
    yield owner.post(f"/people/{lead_id}/notes", token | {"words": MARKS["note"], "text": MARKS["note"]})
    yield owner.post(f"/people/{lead_id}/draft", token | {"kind": "reply", "text": MARKS["reply"]})
    yield owner.post(f"/people/{lead_id}/replies", token | {"words": MARKS["reply"], "after": "nothing"})
    rows = f"Name,Email\n{MARKS['list']},{MARKS['list']}@example.org\n"
    yield owner.post("/people/imports", token | {"text": rows, "rows": rows})
    yield owner.post(f"/people/{lead_id}/closure", token | {"reason": MARKS["note"]})
    yield owner.open(f"/people/{lead_id}/looks")
    yield owner.open("/settings/privacy/record")
    owner.open(f"/people/find?q={quote(MARKS['sought'])}")


def signed_in(house: House) -> Visitor:
    owner = Visitor(house.env["BASE_URL"])
    owner.submit(owner.open("/sign-in"), "/sign-in", email=OWNER, password=OWNERS_PASSWORD)
    return owner


def in_the_database(house: House) -> set[str]:
    """Where they belong: else nothing would be proved."""
    with house.app.app_context():
        tables = Base.metadata.tables.values()
        rows = [str(row) for table in tables for row in db.session.execute(sa.select(table))]
    return _in(" ".join(rows))


def mailbox_is_known(house: House) -> bool:
    """What came before the first look counts for nothing."""
    with house.app.app_context():
        return bool(db.session.scalar(sa.text("SELECT count(*) FROM mail_folder")))


def mail_was_read(house: House) -> bool:
    with house.app.app_context():
        asked = sa.text("SELECT count(*) FROM incoming WHERE kind IS NOT NULL")
        return bool(db.session.scalar(asked))


def things_that_break(house: House) -> Iterator[Answer]:
    """A form without a token, a row that makes no sense, a table that is gone: each answers with an error."""
    owner, stranger = signed_in(house), Visitor(house.env["BASE_URL"])
    with house.app.app_context():
        lead_id = db.session.scalars(sa.select(Lead.id).order_by(Lead.id)).first()
        token = db.session.scalars(sa.select(Lead.page_token)).first()
    yield expecting(owner.post(f"/people/{lead_id}/notes", {"words": MARKS["note"]}), 400)
    with house.app.app_context(), transaction() as rows:
        rows.execute(sa.text("UPDATE lead SET stage = :word"), {"word": MARKS["message"]})
    yield expecting(owner.open(f"/people/{lead_id}"), 500)
    with house.app.app_context(), transaction() as rows:
        rows.execute(sa.text("UPDATE lead SET stage = 'new'"))
        rows.execute(sa.text("ALTER TABLE reply RENAME TO reply_away"))
    try:
        answer = stranger.post(f"/call/{token}", {"answer": "times", "message": MARKS["page"]})
        assert answer.status >= 500
    finally:
        with house.app.app_context(), transaction() as rows:
            rows.execute(sa.text("ALTER TABLE reply_away RENAME TO reply"))


def expecting(answer: Answer, status: int) -> Answer:
    assert answer.status == status
    assert not _in(answer.html)
    return answer


def told_anywhere(
    house: House, office: PostOffice, heard: Heard, answers: list[Answer]
) -> dict[str, set[str]]:
    """Where which marks were found."""
    client = house.redis_client()
    kept = [str(key) + str(client.dump(key)) for key in client.scan_iter()]
    notices = [each.raw.decode(errors="replace") for each in office.to(OWNER)]
    with house.app.app_context():
        owner_notices = db.session.scalar(sa.select(sa.func.count()).where(Message.notice.is_not(None)))
    assert owner_notices
    places = {log.name: log.read_text(errors="replace") for log in house.running.folder.glob("*.log")}
    places |= {"broker": "".join([*heard.said, *kept]), "notices": "".join(notices)}
    places |= {"addresses": " ".join(answer.url for answer in answers)}
    return {name: _in(said) for name, said in places.items()}


def _in(said: str) -> set[str]:
    lower = said.lower()
    return {mark for mark in ALL if mark in lower}

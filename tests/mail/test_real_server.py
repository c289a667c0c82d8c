from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from crm.mail.compose import Parcel, compose
from crm.mail.letters import Content
from crm.mail.smtp import SmtpSettings
from tests.mail.servers import Owner, Sender, listening
from tests.mail.specimens import STOP_LINK, specimens
from tests.mail.test_composing import PARCEL


class Store:
    """Keeps what a server that obeys every rule made of what we sent."""

    def __init__(self) -> None:
        self.kept: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.kept.append((envelope.rcpt_tos, envelope.content))
        return "250 2.0.0 kept"


def sent_through_a_real_server(
    *parcels: Parcel, hand_over: Callable[[], None]
) -> list[tuple[list[str], bytes]]:
    probe = listening()
    port = probe.getsockname()[1]
    probe.close()
    store = Store()
    controller = Controller(store, hostname="127.0.0.1", port=port)
    controller.start()
    transport = Sender(SmtpSettings("127.0.0.1", port, "none"))
    try:
        for parcel in parcels:
            assert transport.send(compose(parcel), hand_over) == "250 2.0.0 kept"
    finally:
        transport.close()
        controller.stop()
    return store.kept


def test_every_shipped_letter_arrives_as_it_was_composed(hand_over: Owner) -> None:
    contents: list[Content] = list(specimens().values())
    parcels = [PARCEL._replace(content=each, stop_link=STOP_LINK) for each in contents]

    kept = sent_through_a_real_server(*parcels, hand_over=hand_over)

    assert [content for _, content in kept] == [compose(parcel).raw for parcel in parcels]
    assert all(recipients == ["maya@example.org"] for recipients, _ in kept)
    assert hand_over.times == len(contents)
    text = message_from_bytes(kept[0][1], policy=policy.default).get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n").rstrip() == contents[0].text.rstrip()

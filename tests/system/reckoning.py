"""What the book says became of each mail, beside what the post office took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from crm.rules.sending import MessageState
from tests.system.house import House
from tests.system.postoffice import PostOffice

ENDS = {MessageState.SENT, MessageState.FAILED, MessageState.UNCERTAIN}


@dataclass(frozen=True)
class Reckoning:
    """`book`: the state of each one's first mail. `taken`: how often the post office said yes to them."""

    book: dict[str, MessageState]
    taken: Counter[str]

    def of(self, state: MessageState) -> set[str]:
        return {address for address, its in self.book.items() if its is state}

    def wrongs(self, everyone: Iterable[str]) -> list[str]:
        """Every mail was accepted exactly once, or is shown as refused or uncertain. Here are the others."""
        return [wrong for address in everyone if (wrong := self._wrong(address))]

    def _wrong(self, address: str) -> str | None:
        state, times = self.book.get(address), self.taken[address]
        if times > 1:
            return f"{address}: accepted {times} times"
        if state not in ENDS:
            return f"{address}: came to no end, {state}"
        if state is MessageState.SENT and not times:
            return f"{address}: sent by the book, and nobody has it"
        if state is MessageState.FAILED and times:
            return f"{address}: failed by the book, and it is there"
        return None


def reckon(house: House, office: PostOffice) -> Reckoning:
    first = [message for message in house.messages() if message.is_acknowledgement]
    return Reckoning({message.to_address: message.state for message in first}, Counter(office.recipients()))

"""The program as it would be without sealing, to measure against: in a process that does nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from crm import sealed
from crm.keyring import Keyring
from crm.sealed import Keyed, Sealed, SealedBytes, SealedJson


def leave_open() -> None:
    """From now on every value is written and read as it is."""
    for kind in (Sealed, Keyed):
        kind.bind_processor = _as_it_is  # type: ignore[method-assign]
        kind.result_processor = _nothing  # type: ignore[method-assign]
    for kind in (SealedJson, SealedBytes):
        kind.process_bind_param = _same  # type: ignore[method-assign]
        kind.process_result_value = _same  # type: ignore[method-assign]
    sealed.reader_of = lambda _place, _dialect: lambda stored: stored
    Keyring.hashed = lambda _self, words: words  # type: ignore[method-assign]


def _as_it_is(_kind: object, _dialect: object) -> Callable[[Any], Any]:
    return lambda value: value


def _nothing(_kind: object, _dialect: object, _coltype: object) -> None:
    return None


def _same(_kind: object, value: Any, _dialect: object) -> Any:  # noqa: ANN401 - whatever a column holds
    return value

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
        _replace(kind, bind_processor=_as_it_is, result_processor=_nothing)
    for other in (SealedJson, SealedBytes):
        _replace(other, process_bind_param=_same, process_result_value=_same)
    _replace(sealed, reader_of=lambda _place, _dialect: lambda stored: stored)
    _replace(Keyring, hashed=lambda _self, words: words)


def _replace(where: object, **by: object) -> None:
    for name, act in by.items():
        setattr(where, name, act)


def _as_it_is(_kind: object, _dialect: object) -> Callable[[Any], Any]:
    return lambda value: value


def _nothing(_kind: object, _dialect: object, _coltype: object) -> None:
    return None


def _same(_kind: object, value: Any, _dialect: object) -> Any:  # noqa: ANN401 - whatever a column holds
    return value

from __future__ import annotations

import pytest

from crm.local.sockets import FIRST_FREE, LAST_FREE, Busy, listen, listen_anywhere, port_of


def test_a_busy_port_is_named_with_a_way_out_that_is_free() -> None:
    with listen_anywhere() as other:
        with pytest.raises(Busy) as refused:
            listen(port_of(other))

        words = str(refused.value)
        assert words.startswith(f"Port {port_of(other)} is taken by another program. Start with PORT=")
        with listen(int(words.removesuffix(" make run.").rpartition("=")[2])):
            pass


def test_two_never_get_the_same_port() -> None:
    with listen_anywhere() as one, listen_anywhere() as another:
        assert port_of(one) != port_of(another)


def test_ports_that_systems_hand_out_by_themselves_are_left_alone() -> None:
    with listen_anywhere() as found:
        assert FIRST_FREE <= port_of(found) <= LAST_FREE < 32768


def test_only_this_machine_is_answered() -> None:
    with listen_anywhere() as found:
        assert found.getsockname()[0] == "127.0.0.1"

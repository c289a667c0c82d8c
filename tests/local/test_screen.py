from __future__ import annotations

import io
import os

from crm.local.screen import Screen


def said(text: str, *, coloured: bool = False) -> str:
    out = io.StringIO()
    Screen(out, coloured=coloured).line("web", text)
    return out.getvalue()


def test_each_line_is_headed_by_who_said_it() -> None:
    assert said("hello\n") == "web    | hello\n"


def test_empty_lines_are_left_out() -> None:
    assert said("\n") == ""


def test_nothing_said_can_steer_the_terminal() -> None:
    assert said("\x1b[2Jgone\r\x07") == "web    | [2Jgone\n"


def test_colours_are_for_terminals() -> None:
    assert said("hello", coloured=True) == "\x1b[36mweb    |\x1b[0m hello\n"


def test_when_nobody_reads_any_more_it_is_noticed_once() -> None:
    reads, writes = os.pipe()
    os.close(reads)
    losses: list[str] = []
    with os.fdopen(writes, "w", encoding="utf-8") as out:
        screen = Screen(out, coloured=False, on_loss=lambda: losses.append("lost"))

        screen.say("is anybody there?")
        screen.say("nobody")

    assert losses == ["lost"]

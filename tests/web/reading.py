"""Reading a page as a person does: its heading, the words in a place, its buttons. Standard library only."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from werkzeug.test import TestResponse

EMPTY = frozenset({"input", "br", "hr", "img", "link", "meta", "path", "circle", "rect", "line", "polyline"})
INLINE = frozenset(
    {"a", "b", "bdi", "em", "span", "time", "kbd", "mark", "strong", "small", "label", "button"}
)


@dataclass
class Element:
    """One element of a page, with what stands in it in order."""

    tag: str
    attributes: dict[str, str]
    inside: list[Element | str] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        for child in self.inside:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    @property
    def text(self) -> str:
        """The words, with single spaces, as they are seen: nothing of key caps or hidden text."""
        return " ".join("".join(self._words()).replace(" .", ".").split())

    def _words(self) -> Iterator[str]:
        for child in self.inside:
            if isinstance(child, str):
                yield child
            elif child.tag not in ("kbd", "template", "script", "svg") and "sr" not in child.classes:
                yield from child._words() if child.tag in INLINE else (" ", *child._words(), " ")

    @property
    def classes(self) -> set[str]:
        return set(self.attributes.get("class", "").split())

    def fits(self, simple: str) -> bool:
        """Whether a simple selector fits: li, .row, #panel, a.btn[aria-current]."""
        names = re.findall(r"[#.]?[\w-]+|\[[\w-]+\]", simple)
        return all(self._has(name) for name in names)

    def _has(self, name: str) -> bool:
        match name[0]:
            case "#":
                return self.attributes.get("id") == name[1:]
            case ".":
                return name[1:] in self.classes
            case "[":
                return name[1:-1] in self.attributes
            case _:
                return self.tag == name

    def find(self, selector: str) -> list[Element]:
        """The elements below this one that a selector with spaces fits."""
        first, _, rest = selector.partition(" ")
        found = [element for element in self.walk() if element.fits(first)]
        return [deep for element in found for deep in element.find(rest)] if rest else found


class Page(HTMLParser):
    """A page that was answered."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = Element("page", {})
        self._open = [self.root]
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].inside.append(element)
        if tag not in EMPTY:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].inside.append(data)

    def texts(self, selector: str) -> list[str]:
        return [element.text for element in self.root.find(selector)]

    def text(self, selector: str) -> str:
        """The words of the first element that fits; empty when none does."""
        return next(iter(self.texts(selector)), "")

    def attribute(self, selector: str, name: str) -> str:
        found = self.root.find(selector)
        assert found, f"nothing on the page fits {selector}"
        return found[0].attributes.get(name, "")

    def buttons(self, selector: str = "body") -> list[str]:
        return self.texts(f"{selector} button")

    @property
    def heading(self) -> str:
        (only,) = self.texts("h1")
        return only

    @property
    def toast(self) -> str:
        """What the newest toast says."""
        said = self.texts("#toasts span")
        return said[-1] if said else ""

    @property
    def undo(self) -> str:
        """The address the newest toast's Undo posts to."""
        return self.root.find("#toasts form")[-1].attributes["action"]

    @property
    def all_text(self) -> str:
        return self.root.text


def read(answer: TestResponse, *also: int) -> Page:
    """The page that was answered; a refusal of a form is one too, and `also` other statuses."""
    assert answer.status_code in (200, 422, *also), answer.status
    page = Page(answer.text)
    ids = Counter(element.attributes["id"] for element in page.root.find("[id]"))
    assert (twice := [name for name, places in ids.items() if places > 1]) == [], twice
    return page

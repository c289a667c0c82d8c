"""What form builders send, each in its own shape, as one list of answers: key, question, kind, value.

A shape is recognised by what is in it and not by what the owner chose, so that a wrong choice does no harm.
The shapes are those of the builders' own documents: Contact Form 7 and Elementor post their fields flat;
Elementor's advanced data, WPForms and Ninja Forms are objects with a value; Gravity Forms numbers its fields;
Webflow puts them below data (v1) or payload.data (v2); Typeform answers by reference to its definition;
Jotform puts JSON into rawRequest; Tally lists fields with options.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from crm.rules.form_bodies import read_multipart, read_urlencoded
from crm.rules.intake import ANSWERS_AT_MOST, NAME_LIMIT, clean, clean_line
from crm.rules.payloads import Unreadable, read_json

FURTHER = "Further answers"
LONGEST_NUMBER = 100
NAME_PARTS = ("prefix", "first", "middle", "last", "suffix")
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
KNOWN_TYPES = ("application/json", FORM, MULTIPART, "text/plain", "")
"""What builders send; some say text/plain, or nothing, and mean JSON."""

LABELS = ("label", "title", "name", "question", "key", "id")
_JOTFORM_KEY = re.compile(r"q(\d+)_(\w+)")
_NOISE = re.compile(
    r"_wpcf7|_wpnonce|_wp_http|g-recaptcha|h-captcha|cf-turnstile|(form[_-]?(id|name)|submit|_id)$",
    re.IGNORECASE,
)
"""What builders send about themselves and no form asks."""
OF_GRAVITY = frozenset(
    {
        "id",
        "post_id",
        "date_created",
        "date_updated",
        "is_starred",
        "is_read",
        "is_fulfilled",
        "ip",
        "source_id",
    }
    | {"source_url", "user_agent", "currency", "status", "created_by", "payment_status", "payment_date"}
    | {"payment_amount", "payment_method", "transaction_id", "transaction_type"}
)
OF_ELEMENTOR = frozenset({"Date", "Time", "Page URL", "User Agent", "Remote IP", "Powered by"})
"""The same, but only in an entry of theirs: another form may well ask for a date."""
OF_ALL = frozenset({"meta", "form", "Submitted On", "ip", "ip_address", "remote_ip", "user_agent"})
"""No form asks these. A network address is counted by and never kept."""


@dataclass(frozen=True)
class Answer:
    """One field. `key` is what the form calls it and stays the same; `label` is what people read, if told."""

    key: str
    value: str
    label: str = ""
    kind: str = ""

    @property
    def question(self) -> str:
        return self.label or self.key


@dataclass(frozen=True)
class Payload:
    """What was handed in. `delivery_id` is the builder's own, equal when it sends the same again."""

    answers: tuple[Answer, ...]
    delivery_id: str = ""
    visitor_ip: str = ""
    page: str = ""


def read_payload(body: bytes, content_type: str) -> Payload:
    """The answers in a body, whatever builder sent it. Raises Unreadable, and nothing else."""
    tree = _tree(body, content_type)
    if not isinstance(tree, dict):
        raise Unreadable("There is no form in this: it is neither an object nor a list of fields.")
    try:
        payload = _in_shape(tree)
    except RecursionError:
        raise Unreadable("This is nested too deep.") from None
    if not payload.answers:
        raise Unreadable("There is no answer in this.")
    return payload


def _tree(body: bytes, content_type: str) -> Any:  # noqa: ANN401 - whatever was sent
    kind = content_type.partition(";")[0].strip().lower()
    if kind == MULTIPART:
        tree: Any = read_multipart(body, content_type)
    elif kind == FORM:
        tree = read_urlencoded(body)
    else:
        tree = read_json(body, numbers=_as_written)
    if isinstance(tree, list):
        return {"fields": tree}
    return tree


def _as_written(number: str) -> str:
    """A telephone number may come as a number; its figures count, not its value."""
    if len(number) > LONGEST_NUMBER:
        raise Unreadable("There is a number in this that is too long to be one.")
    return number


def _in_shape(tree: dict[str, Any]) -> Payload:
    if isinstance(raw := tree.get("rawRequest"), str):
        return _jotform(tree, raw)
    if isinstance(response := tree.get("form_response"), dict):
        return _typeform(tree, response)
    if isinstance(inner := tree.get("payload"), dict) and isinstance(inner.get("data"), dict):
        return _webflow(inner)
    data = tree.get("data")
    if isinstance(data, dict) and isinstance(data.get("fields"), list):
        return _tally(tree, data)
    if isinstance(data, dict) and ("site" in tree or "_id" in tree):
        return _webflow(tree | {"id": tree.get("_id", "")})
    return _flat(tree)


def _typeform(tree: Mapping[str, Any], response: Mapping[str, Any]) -> Payload:
    definition = _dict(response.get("definition"))
    asked = {
        text(each.get("ref") or each.get("id")): text(each.get("title"))
        for each in _dicts(definition.get("fields"))
    }
    answers = [_typeform_answer(each, asked) for each in _dicts(response.get("answers"))]
    hidden = [Answer(key, text(value)) for key, value in _dict(response.get("hidden")).items()]
    return Payload(_tidy([*answers, *hidden]), text(response.get("token") or tree.get("event_id")))


def _typeform_answer(each: Mapping[str, Any], asked: Mapping[str, str]) -> Answer:
    about, kind = _dict(each.get("field")), text(each.get("type"))
    key = text(about.get("ref") or about.get("id"))
    value = text(each.get(kind))
    if kind == "choices":
        value = text(_dict(each.get("choices")).get("labels"))
    elif kind == "choice":
        choice = _dict(each.get("choice"))
        value = text(choice.get("label") or choice.get("other"))
    return Answer(key, value, asked.get(key, ""), text(about.get("type")) or kind)


def _webflow(tree: Mapping[str, Any]) -> Payload:
    kinds = {text(each.get("fieldName")): text(each.get("fieldType")) for each in _dicts(tree.get("schema"))}
    answers = [
        Answer(key, text(value), key, kinds.get(key, "").removeprefix("Form"))
        for key, value in _dict(tree["data"]).items()
    ]
    return Payload(_tidy(answers), text(tree.get("id")), page=text(tree.get("pageUrl")))


def _tally(tree: Mapping[str, Any], data: Mapping[str, Any]) -> Payload:
    answers = [
        Answer(text(each.get("key")), _tally_value(each), text(each.get("label")), text(each.get("type")))
        for each in _dicts(data["fields"])
    ]
    return Payload(
        _tidy(answers), text(data.get("responseId") or data.get("submissionId") or tree.get("eventId"))
    )


def _tally_value(each: Mapping[str, Any]) -> str:
    """Chosen options come as ids; their words stand beside."""
    words = {text(option.get("id")): text(option.get("text")) for option in _dicts(each.get("options"))}
    value = each.get("value")
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(words.get(text(one), text(one)) for one in chosen if one not in (None, ""))


def _jotform(tree: Mapping[str, Any], raw: str) -> Payload:
    inner = read_json(raw.encode("utf-8", "replace"), numbers=_as_written)
    answers: list[Answer] = []
    for key, value in _dict(inner).items():
        found = _JOTFORM_KEY.fullmatch(key)
        if found:
            answers += _parts_of(key, found[2], value)
    return Payload(_tidy(answers), text(tree.get("submissionID")), text(tree.get("ip")))


def _parts_of(key: str, label: str, value: object) -> Iterator[Answer]:
    """A name is one answer of several parts, and so may a number be."""
    if not isinstance(value, dict):
        yield Answer(key, text(value), label)
    elif {"first", "last"} & value.keys():
        yield Answer(key, " ".join(filter(None, (text(value.get(part)) for part in NAME_PARTS))), label)
    elif "full" in value or "area" in value:
        yield Answer(
            key, text(value.get("full")) or f"{text(value.get('area'))} {text(value.get('phone'))}", label
        )
    else:
        yield Answer(key, text(value), label)


def _flat(tree: dict[str, Any]) -> Payload:
    """Fields by name, or objects that hold a value beside what they are called."""
    own = _own_fields(tree)
    answers = _walk({name: value for name, value in tree.items() if name not in own})
    delivery_id = text(tree["id"]) if _is_gravity(tree) else ""
    told = next((tree[name] for name in ("ip", "ip_address", "remote_ip", "Remote IP") if name in tree), "")
    ip = text(told) or _meta(tree, "remote_ip")
    page = text(tree.get("source_url") or tree.get("Page URL")) or _meta(tree, "page_url")
    return Payload(_tidy(list(answers)), delivery_id, ip, page)


def _own_fields(tree: Mapping[str, Any]) -> frozenset[str]:
    """What its builder adds of its own, where it is one that is known by that."""
    if _is_gravity(tree):
        return OF_GRAVITY | OF_ALL
    return OF_ALL | OF_ELEMENTOR if {"Powered by", "User Agent", "Remote IP"} & tree.keys() else OF_ALL


def _is_gravity(tree: Mapping[str, Any]) -> bool:
    """An entry of Gravity Forms has a number, its form's number, and the day it was made."""
    return {"id", "form_id", "date_created"} <= tree.keys()


def _meta(tree: Mapping[str, Any], name: str) -> str:
    return text(_dict(_dict(tree.get("meta")).get(name)).get("value"))


def _walk(tree: object, key: str = "") -> Iterator[Answer]:
    """Every answer below. An object with a value is one; a list of plain values is one, too."""
    if isinstance(tree, dict):
        if "value" in tree and any(name in tree for name in LABELS):
            yield _labelled(tree, key)
        elif {"first", "last"} <= tree.keys():
            yield from _parts_of(key, key, tree)
        else:
            for name, value in tree.items():
                if name not in OF_ALL:
                    yield from _walk(value, f"{key}.{name}" if key and key != "fields" else str(name))
    elif isinstance(tree, list) and any(isinstance(each, dict | list) for each in tree):
        for number, each in enumerate(tree):
            yield from _walk(each, f"{key}.{number}")
    else:
        yield Answer(key, text(tree))


def _labelled(tree: Mapping[str, Any], key: str) -> Answer:
    label = next((text(tree[name]) for name in LABELS if text(tree.get(name))), "")
    own = text(tree.get("id") or tree.get("key"))
    return Answer(
        own if own and not own.isdigit() else key, text(tree["value"]), label, text(tree.get("type"))
    )


def _tidy(answers: list[Answer]) -> tuple[Answer, ...]:
    """Without what builders tell about themselves, each within bounds, no key twice."""
    found: dict[str, Answer] = {}
    for each in answers:
        key, value = clean_line(each.key, NAME_LIMIT), clean(each.value, None)
        if key and key not in found and not _NOISE.match(key.rpartition(".")[2] or key):
            found[key] = Answer(key, value, clean_line(each.label, NAME_LIMIT), clean_line(each.kind, 40))
    answers = list(found.values())
    return (*answers[:ANSWERS_AT_MOST], *_in_one(answers[ANSWERS_AT_MOST:]))


def _in_one(answers: list[Answer]) -> Iterator[Answer]:
    """What is beyond any form a person fills in is kept as one answer, so that it is kept at all."""
    if answers:
        yield Answer(FURTHER, "\n".join(f"{each.question}: {each.value}" for each in answers), FURTHER)


def text(value: object) -> str:
    """Any value as words: lists with commas, yes and no as they are asked for."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(said for each in value if (said := text(each)))
        case dict():
            return " ".join(said for each in value.values() if (said := text(each)))
        case _:
            return str(value)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _dicts(value: object) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def delivery_key(payload: Payload | None, body: bytes, day: date) -> str:
    """Equal when a builder sends the same once more: what was answered, with its own number or else the day.

    The same number with other answers is another key: an edited or a mistaken one is not dropped.
    """
    if payload is None:
        return f"{day}:{hashlib.sha256(body).hexdigest()}"
    answered = json.dumps([[each.key, each.value] for each in payload.answers])
    content = hashlib.sha256(answered.encode()).hexdigest()
    return f"{clean_line(payload.delivery_id, 200) or day}:{content}"

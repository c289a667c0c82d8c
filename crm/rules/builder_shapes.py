"""The shapes in which form builders send their fields, each told apart by what is in it.

They are those of the builders' own documents: Contact Form 7 and Elementor post their fields flat;
Elementor's advanced data, WPForms and Ninja Forms are objects with a value; Gravity Forms numbers its fields;
Webflow puts them below data (v1) or payload.data (v2); Typeform answers by reference to its definition;
Jotform puts JSON into rawRequest; Tally lists fields with options.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from crm.rules.answers import Answer, Payload, as_written, dict_in, dicts_in, text, tidied
from crm.rules.payloads import read_json

NAME_PARTS = ("prefix", "first", "middle", "last", "suffix")
LABELS = ("label", "title", "name", "question", "key", "id")
_JOTFORM_KEY = re.compile(r"q(\d+)_(\w+)")
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


def in_shape(tree: dict[str, Any]) -> Payload:
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
    definition = dict_in(response.get("definition"))
    asked = {
        text(each.get("ref") or each.get("id")): text(each.get("title"))
        for each in dicts_in(definition.get("fields"))
    }
    answers = [_typeform_answer(each, asked) for each in dicts_in(response.get("answers"))]
    hidden = [Answer(key, text(value)) for key, value in dict_in(response.get("hidden")).items()]
    return Payload(tidied([*answers, *hidden]), text(response.get("token") or tree.get("event_id")))


def _typeform_answer(each: Mapping[str, Any], asked: Mapping[str, str]) -> Answer:
    about, kind = dict_in(each.get("field")), text(each.get("type"))
    key = text(about.get("ref") or about.get("id"))
    value = text(each.get(kind))
    if kind == "choices":
        value = text(dict_in(each.get("choices")).get("labels"))
    elif kind == "choice":
        choice = dict_in(each.get("choice"))
        value = text(choice.get("label") or choice.get("other"))
    return Answer(key, value, asked.get(key, ""), text(about.get("type")) or kind)


def _webflow(tree: Mapping[str, Any]) -> Payload:
    kinds = {
        text(each.get("fieldName")): text(each.get("fieldType")) for each in dicts_in(tree.get("schema"))
    }
    answers = [
        Answer(key, text(value), key, kinds.get(key, "").removeprefix("Form"))
        for key, value in dict_in(tree["data"]).items()
    ]
    return Payload(tidied(answers), text(tree.get("id")), page=text(tree.get("pageUrl")))


def _tally(tree: Mapping[str, Any], data: Mapping[str, Any]) -> Payload:
    answers = [
        Answer(text(each.get("key")), _tally_value(each), text(each.get("label")), text(each.get("type")))
        for each in dicts_in(data["fields"])
    ]
    return Payload(
        tidied(answers), text(data.get("responseId") or data.get("submissionId") or tree.get("eventId"))
    )


def _tally_value(each: Mapping[str, Any]) -> str:
    """Chosen options come as ids; their words stand beside."""
    words = {text(option.get("id")): text(option.get("text")) for option in dicts_in(each.get("options"))}
    value = each.get("value")
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(words.get(text(one), text(one)) for one in chosen if one not in (None, ""))


def _jotform(tree: Mapping[str, Any], raw: str) -> Payload:
    inner = read_json(raw.encode("utf-8", "replace"), numbers=as_written)
    answers: list[Answer] = []
    for key, value in dict_in(inner).items():
        found = _JOTFORM_KEY.fullmatch(key)
        if found:
            answers += _parts_of(key, found[2], value)
    return Payload(tidied(answers), text(tree.get("submissionID")), text(tree.get("ip")))


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
    return Payload(tidied(list(answers)), delivery_id, ip, page)


def _own_fields(tree: Mapping[str, Any]) -> frozenset[str]:
    """What its builder adds of its own, where it is one that is known by that."""
    if _is_gravity(tree):
        return OF_GRAVITY | OF_ALL
    return OF_ALL | OF_ELEMENTOR if {"Powered by", "User Agent", "Remote IP"} & tree.keys() else OF_ALL


def _is_gravity(tree: Mapping[str, Any]) -> bool:
    """An entry of Gravity Forms has a number, its form's number, and the day it was made."""
    return {"id", "form_id", "date_created"} <= tree.keys()


def _meta(tree: Mapping[str, Any], name: str) -> str:
    return text(dict_in(dict_in(tree.get("meta")).get(name)).get("value"))


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

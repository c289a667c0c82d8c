"""The allow-list over the parsed tree (RELIABILITY.md, "Templates the owner edits"): all else is refused.

The stock sandbox lets 43 of 77 denial-of-service templates through, so nothing is compiled that did not
pass here first.
"""

from __future__ import annotations

from jinja2 import Environment, nodes
from jinja2.exceptions import TemplateSyntaxError

FILTERS = frozenset({"upper", "lower", "title", "capitalize", "trim", "default", "e"})
TESTS = frozenset({"defined"})
NODES_AT_MOST = 5_000
DEPTH_AT_MOST = 24
BRANCHES_AT_MOST = 20
CONSTANT_AT_MOST = 500

_PLAIN = (nodes.Template, nodes.Output, nodes.TemplateData, nodes.And, nodes.Or, nodes.Not, nodes.Operand)
"""Allowed as they are; what they hold is looked at in its turn."""

_COMPARED = (nodes.Name, nodes.Const, nodes.Filter)
_PARSER = Environment(autoescape=True)


class Refusal(Exception):  # noqa: N818 - an answer, not an error
    """A construct that has no place in an email; the message names it for the owner."""


class UnknownName(Refusal):
    """A name that stands for nothing; the message is the name itself."""


def inspect(source: str, names: frozenset[str]) -> None:
    """Raises Refusal for a Jinja source that is not made of the allowed few. Compiles and runs nothing."""
    try:
        tree = _PARSER.parse(source)
    except TemplateSyntaxError as error:
        raise Refusal(f"Something between braces doesn’t add up: {error.message}") from None
    except (RecursionError, MemoryError, OverflowError, ValueError):  # ValueError: a number of 5,000 digits
        raise Refusal("Something between braces is far too deep or too big.") from None
    _walk(tree, names)


def _walk(tree: nodes.Template, names: frozenset[str]) -> None:
    waiting: list[tuple[nodes.Node, int]] = [(tree, 0)]
    seen = 0
    while waiting:
        node, depth = waiting.pop()
        seen += 1
        if seen > NODES_AT_MOST or depth > DEPTH_AT_MOST:
            raise Refusal("There is too much between braces.")
        _look_at(node, names)
        waiting += [(child, depth + 1) for child in node.iter_child_nodes()]


def _look_at(node: nodes.Node, names: frozenset[str]) -> None:
    match node:
        case nodes.Name(name=name, ctx="load"):
            if name not in names:
                raise UnknownName(name)
        case nodes.Const(value=value):
            _look_at_constant(value)
        case nodes.Filter() | nodes.Test():
            _look_at_filter(node)
        case nodes.Compare():
            _look_at_comparison(node)
        case nodes.If(elif_=branches) if len(branches) > BRANCHES_AT_MOST:
            raise Refusal("There are too many elif in a row.")
        case _ if not isinstance(node, (*_PLAIN, nodes.If)):
            raise Refusal(f"{_called(node)} can’t be used in an email; blanks, and if and else, can.")


def _look_at_filter(node: nodes.Filter | nodes.Test) -> None:
    """`default` alone may be told something, and only constants."""
    shown = f"|{node.name}" if isinstance(node, nodes.Filter) else f"is {node.name}"
    known = FILTERS if isinstance(node, nodes.Filter) else TESTS
    args = node.args or []
    if node.name not in known or node.kwargs or node.dyn_args or node.dyn_kwargs:
        raise Refusal(f"“{shown}” can’t be used in an email.")
    if len(args) > (2 if node.name == "default" else 0) or not all(isinstance(a, nodes.Const) for a in args):
        raise Refusal(f"“{shown}” has something in its brackets that can’t be there.")


def _look_at_constant(value: object) -> None:
    fine = value is None or (isinstance(value, int) and abs(value) < 10**9)
    if not fine and not (isinstance(value, str) and len(value) <= CONSTANT_AT_MOST):
        raise Refusal(f"A constant can be a text of up to {CONSTANT_AT_MOST} characters.")


def _look_at_comparison(node: nodes.Compare) -> None:
    """Texts with texts only: comparing a text with a number would fail while the mail is on its way."""
    for side in [node.expr, *(operand.expr for operand in node.ops)]:
        is_text = not isinstance(side, nodes.Const) or isinstance(side.value, str)
        if not isinstance(side, _COMPARED) or not is_text:
            raise Refusal("A blank can only be compared with a text in quotes.")


def _called(node: nodes.Node) -> str:
    """The construct in words; what people try in earnest has a name, the rest Jinja's own."""
    return next(
        (words for kind, words in _WORDS if isinstance(node, kind)), f"“{type(node).__name__.lower()}”"
    )


_WORDS: tuple[tuple[type[nodes.Node], str], ...] = (
    (nodes.Getattr, "A dot"),
    (nodes.Getitem, "A bracket"),
    (nodes.Call, "Calling something"),
    (nodes.For, "A loop"),
    (nodes.BinExpr, "Arithmetic"),
    (nodes.UnaryExpr, "Arithmetic"),
    (nodes.Concat, "Joining with “~”"),
    (nodes.CondExpr, "An if inside a blank"),
)

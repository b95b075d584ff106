"""Whatever pages say is marked so that translators find it: templates, scripts, refusals and buttons."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from html import unescape
from importlib import import_module
from inspect import getsource
from pathlib import Path
from pkgutil import iter_modules
from types import FunctionType
from typing import Final

import pytest
from jinja2 import nodes

from bot.core import sentences as every
from bot.web.site import HERE, STATIC, environment
from tools.tongues import HOUSE, catalogue

_GAP: Final = "\0"
_TAG: Final = re.compile(r"<[^>]*>|<(?:style|script)\b.*?</(?:style|script)>", re.DOTALL)
_READ_OUT: Final = re.compile(r'\b(?:aria-label|alt|title|placeholder)="([^"]*)"')
_FOR_SCRIPTS: Final = re.compile(r'\bdata-\w+="([^"]*\w [^"]*)"')
_ANY_ATTRIBUTE: Final = re.compile(r'\b[a-z-]+="[^"]*"?')
_WORD: Final = re.compile(r"[^\W\d_]{2}")
_TYPED: Final = re.compile(
    r"!edchat [a-zA-Z ]+|\w+:[\w-]+|\"exit tickets\"|[\w./]*[./][\w./]*|EdChat|Markdown|CSV|JSON"
)
"""What people type, addresses and names: no language changes them."""
_TOLD_TO_HOSTS_OF_THE_BOT: Final = (
    *(
        "bot/exporting",
        "bot/cli.py",
        "bot/demo",
        "bot/hosting",
        "bot/control.py",
        "bot/platforms",
        "bot/app.py",
    ),
    *("bot/web/serving.py", "bot/storage/engine.py", "bot/storage/migrate.py", "bot/storage/store.py"),
    *("bot/storage/bundle", "bot/storage/forgetting/restore.py", "bot/core/offers.py"),
)
"""Who starts, copies and mends the bot is told in its log and at its prompt, which speak English."""


@pytest.fixture(scope="module")
def known() -> frozenset[str]:
    every_one = (one.id for one in catalogue("de") if one.id)
    return frozenset(one if isinstance(one, str) else one[0] for one in every_one)


# --- Templates -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(file.name for file in (HERE / "templates").glob("*.html")))
def test_a_template_has_no_word_beside_its_sentences(name: str) -> None:
    assert list(_bare((HERE / "templates" / name).read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "template",
    [
        "<p>Words</p>",
        "{% if one %}<b>Some words</b>{% endif %}",
        '<a aria-label="Words">{{ one }}</a>',
        '{{ "Words" if one else _("Others") }}',
        '{{ one or "words here" }}',
        '<img alt="{{ one }} words">',
        '<p data-out="Some words">',
    ],
)
def test_a_word_that_nobody_marked_is_found(template: str) -> None:
    assert len(list(_bare(template))) == 1


def _bare(template: str) -> Iterator[str]:
    """Words of a template that go out as they are."""
    page = "".join(_pieces(environment().parse(template)))
    shown = _ANY_ATTRIBUTE.sub("", _TAG.sub("\1", page))
    for one in (*_READ_OUT.findall(page), *_FOR_SCRIPTS.findall(page), *re.split(f"{_GAP}|\1", shown)):
        if _WORD.search(_TYPED.sub(" ", unescape(one).replace(_GAP, " "))):
            yield one


def _pieces(template: nodes.Template) -> Iterator[str]:
    for output in template.find_all(nodes.Output):
        for one in output.nodes:
            yield (
                one.data
                if isinstance(one, nodes.TemplateData)
                else f"{_GAP}{_GAP.join(_literals(one))}{_GAP}"
            )
        yield _GAP


def _literals(said: nodes.Node) -> Iterator[str]:
    """The words that an expression may put out itself, beside what it is given."""
    if isinstance(said, nodes.Const) and isinstance(said.value, str):
        yield said.value
    elif isinstance(said, nodes.CondExpr | nodes.Or | nodes.And | nodes.Concat | nodes.Add):
        for one in said.iter_child_nodes(exclude=("test",)):
            yield from _literals(one)


# --- Scripts ---------------------------------------------------------------------------------

_COMMENT: Final = re.compile(r"(?<![:\"'])//[^\n]*|/\*.*?\*/", re.DOTALL)
_LITERAL: Final = re.compile(r'"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`')
_PROSE: Final = re.compile(r"^[A-Z][a-z]+$|^[A-Z]?[a-z’']+[;:]? [a-z’']+\b(?![-.\[(>#:])")
_NO_PROSE: Final = frozenset({"use strict", "note warn", "Enter", "Escape", "Home", "End", "Tab", "Alt"})
_OF_THE_LANGUAGE: Final = re.compile(r"^(?:Arrow|Page)[A-Z][a-z]+$|^Content|^Accept$|^POST$|^Retry-After$")


@pytest.mark.parametrize("file", sorted(STATIC.rglob("*.js")), ids=lambda file: file.stem)
def test_a_script_takes_its_words_from_the_page(file: Path) -> None:
    """The page's template has them translated, in attributes such as data-left."""
    assert list(_prose(file.read_text("utf-8"))) == []


def test_a_sentence_in_a_script_is_found() -> None:
    assert list(_prose('say("That was not sent");')) == ["That was not sent"]
    assert list(_prose("one.textContent = `Saved`;")) == ["Saved"]


def _prose(script: str) -> Iterator[str]:
    for plain, filled_in in _LITERAL.findall(_COMMENT.sub("", script)):
        said = re.sub(r"\$\{[^}]*\}", "", plain or filled_in).strip()
        if _PROSE.match(said) and said not in _NO_PROSE and not _OF_THE_LANGUAGE.match(said):
            yield said


# --- Style sheets ----------------------------------------------------------------------------

_QUOTED: Final = re.compile(r"""\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'""")
_CONTENT: Final = re.compile(rf"(?<![\w-])content\s*:((?:{_QUOTED.pattern}|[^;}}\"'])*)")
_CODE: Final = re.compile(r"\\[0-9a-fA-F]{1,6}\s?")


@pytest.mark.parametrize("file", sorted(STATIC.rglob("*.css")), ids=lambda file: file.stem)
def test_a_style_sheet_says_nothing_of_its_own(file: Path) -> None:
    """It draws signs, or what the page's template has translated, by attr()."""
    assert list(_drawn(file.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "sheet", ['.lost::after{content:" Looking…"}', "p::before{content : attr(href) 'Ü'}", '*{content:"a;"}']
)
def test_a_word_in_a_style_sheet_is_found(sheet: str) -> None:
    assert len(list(_drawn(sheet))) == 1


def test_signs_and_attributes_are_no_words() -> None:
    assert list(_drawn(r"""a::after{content:"\201C ✓ · <" attr(data-lost)}""")) == []


def _drawn(sheet: str) -> Iterator[str]:
    """Letters that a style sheet puts on the page."""
    for content in _CONTENT.findall(_COMMENT.sub("", sheet)):
        for said in _QUOTED.findall(content):
            if re.search(r"[^\W\d_]", _CODE.sub("", said)):
                yield said


# --- What is refused, and what stands on buttons ------------------------------------------------


def _calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Where something is made in the bot's code, but for those who run it."""
    for file in sorted([*(HOUSE / "bot").rglob("*.py"), *(HOUSE / "cogs").rglob("*.py")]):
        here = str(file.relative_to(HOUSE))
        if here.startswith(_TOLD_TO_HOSTS_OF_THE_BOT):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and _called(node.func) == name:
                yield f"{here}:{node.lineno}", node


def _called(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _constants() -> dict[str, list[object]]:
    """What the bot's sentences are called, and what they are; some names stand in several modules."""
    found: dict[str, list[object]] = {}
    for module in (
        every,
        *(import_module(one.name) for one in iter_modules(every.__path__, f"{every.__name__}.")),
    ):
        for name, value in vars(module).items():
            found.setdefault(name, []).append(value)
    return found


def _unknown(said: ast.expr, known: frozenset[str], called: dict[str, list[object]]) -> bool:
    """Whether nobody could translate a sentence; one that is handed on is looked at where it begins."""
    unknown = isinstance(said, ast.JoinedStr)
    match said:
        case ast.Constant(value=str(words)):
            unknown = words not in known
        case ast.Attribute() | ast.Name() if _called(said).isupper():
            values = called.get(_called(said), [])
            unknown = not any(value in known for value in values if isinstance(value, str))
        case ast.Subscript(value=ast.Attribute(attr=name)):
            unknown = not all(set(one.values()) <= known for one in called[name] if isinstance(one, Mapping))
        case ast.IfExp(body=one, orelse=other):
            unknown = _unknown(one, known, called) or _unknown(other, known, called)
        case ast.Call(func=ast.Name(id="partial"), args=[maker, *_]):
            makers = [one for one in called.get(_called(maker), []) if isinstance(one, FunctionType)]
            unknown = any(re.search(r"^    .*return f\"", getsource(one), re.MULTILINE) for one in makers)
        case ast.Call(func=func):
            unknown = _called(func) not in ("_", "_worded", "skip_one", "edit_one", "str")
    return unknown


@pytest.mark.parametrize("name", ["Refused", "Misread", "Offer"])
def test_whatever_is_refused_or_offered_can_be_said_in_another_language(
    name: str, known: frozenset[str]
) -> None:
    called = _constants()
    calls = [(where, one) for where, one in _calls(name) if one.args]
    assert len(calls) > 1
    assert [where for where, one in calls if _unknown(one.args[0], known, called)] == []


def test_a_sentence_inside_another_string_is_in_translators_sight_all_the_same(known: frozenset[str]) -> None:
    """Whoever looks for sentences looks into no f-string."""
    said = [(where, one.args[0]) for where, one in _calls("_") if one.args]
    told = [(where, one.value) for where, one in said if isinstance(one, ast.Constant)]
    assert len(told) > 100
    assert [one for one in told if one[1] not in known] == []


def test_an_answer_is_a_marked_sentence_or_keeps_what_makes_its_words(known: frozenset[str]) -> None:
    called = _constants()
    plain = [(where, one) for where, one in _calls("Reply") if where.startswith("cogs/")]
    bare = [where.partition(":")[0] for where, one in plain if _unknown(one.args[0], known, called)]
    assert bare == ["cogs/privacy.py"], "what is kept of somebody is a file in no language, and nothing else"


@pytest.mark.parametrize(
    "refusal",
    [
        'Refused(f"There is no {thing}.")',
        'Refused("Nobody marked this sentence.")',
        'Refused(say.MISSING.format(name="x", help=""))',
        "Refused(sentences.DATABASE_DAMAGED)",
        "Refused(partial(sentences.already_running, process))",
    ],
)
def test_a_refusal_that_nobody_could_translate_is_found(refusal: str, known: frozenset[str]) -> None:
    call = ast.parse(refusal).body[0]
    assert isinstance(call, ast.Expr)
    assert isinstance(call.value, ast.Call)
    assert _unknown(call.value.args[0], known, _constants())

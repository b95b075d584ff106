"""The closed set of parameter types: how each is written, and how its text becomes a value."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from enum import StrEnum
from functools import partial
from inspect import Parameter, iscoroutinefunction
from types import NoneType, UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from bot.commands.declared import Between, Choice, Context, Example, Kind, Meanings, Param, Wanted
from bot.commands.naming import (
    chat_if_any,
    list_chats,
    list_questions,
    list_series,
    list_zones,
    meant_chat,
    only_series,
    read_chat,
    read_person,
    read_place,
    read_question,
    read_series,
    suggest_places,
    suggest_series,
)
from bot.core import sentences
from bot.core.echo import shown
from bot.core.grammar import Misread
from bot.core.model import Chat, Person, Place, Question, Refused, Role, Series
from bot.core.plain import plain
from bot.core.sentences import command as say
from bot.core.times.minutes import LIVE_MINUTES, parse_minutes
from bot.core.times.when import parse_when
from bot.core.times.zones import Zone, parse_zone
from bot.core.tongue import _
from bot.core.which import Which
from bot.storage.store import Tx

_T = TypeVar("_T")
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}", re.ASCII)
_WORD_LIMIT = 60
_YES = frozenset({"yes", "y", "true", "on", "1"})
_NO = frozenset({"no", "n", "false", "off", "0"})
_ROLES = {"anyone": Role.ANYONE, "host": Role.HOST, "moderator": Role.HOST, "owner": Role.OWNER}


async def _read_text(_ctx: Context, _tx: Tx, text: str, _param: Param) -> str:
    return text


async def _read_lines(_ctx: Context, _tx: Tx, text: str, _param: Param) -> tuple[str, ...]:
    return tuple(line.removesuffix("\r") for line in text.split("\n"))


async def _read_number(_ctx: Context, _tx: Tx, text: str, param: Param) -> int:
    said = unicodedata.normalize("NFKC", text).strip()
    if not _INTEGER.fullmatch(said):
        raise Refused(say.NUMBER_BAD, said=shown(text), example=example(param))
    number, between = int(said), param.between
    if between and not between.low <= number <= between.high:
        raise Refused(say.NUMBER_RANGE, number=number, low=between.low, high=between.high)
    return number


async def _read_yes_or_no(_ctx: Context, _tx: Tx, text: str, _param: Param) -> bool:
    said = plain(text, _WORD_LIMIT).casefold()
    if said not in _YES | _NO:
        raise Refused(say.YES_OR_NO, said=shown(text))
    return said in _YES


async def _read_when(ctx: Context, tx: Tx, text: str, _param: Param) -> datetime:
    zone = ctx.chat.zone if ctx.chat else (await tx.community_of(ctx.place)).zone
    return parse_when(text, zone, ctx.now)


async def _read_minutes(_ctx: Context, _tx: Tx, text: str, param: Param) -> int:
    between = param.between or Between(1, LIVE_MINUTES)
    return parse_minutes(text, between.low, between.high)


async def _read_zone(ctx: Context, tx: Tx, text: str, _param: Param) -> Zone:
    return parse_zone(text, (await tx.community_of(ctx.place)).zone)


async def _read_role(_ctx: Context, _tx: Tx, text: str, _param: Param) -> Role:
    return _chosen(text, _ROLES)


LINES = Kind("lines", "What worked?\nWhat did not?", _read_lines, below=True)
FILE = Kind("file", "What worked?\nWhat did not?", _read_text, below=True)
WHEN = Kind("when", sentences.TYPED_MOMENT, _read_when, wordy=True)
MINUTES = Kind("minutes", "5 min", _read_minutes, wordy=True)
CHAT = Kind("chat", "next", read_chat, wordy=True, lists=list_chats)
PEOPLE = Kind("people", "Dana; Tom", _read_text, wordy=True)

Lines = Annotated[tuple[str, ...], LINES]
"""Several lines of text, as typed; blank ones between others are kept."""

File = Annotated[str, FILE]
"""The text of a file."""

When = Annotated[datetime, WHEN]
"""A coming moment in UTC, read in the zone of the command's chat or of the community."""

Minutes = Annotated[int, MINUTES]
"""A duration in whole minutes, within its `Between`."""

People = Annotated[str, PEOPLE]
"""The names of several people, with ";" between two."""

_KINDS: dict[Any, Kind] = {
    str: Kind("text", "some words", _read_text, wordy=True),
    int: Kind("number", "3", _read_number),
    bool: Kind("yes or no", "yes", _read_yes_or_no),
    Zone: Kind("zone", "Europe/London", _read_zone, wordy=True, lists=list_zones),
    Person: Kind("person", "@Ana", read_person, wordy=True),
    Question: Kind("question", "3", read_question, lists=list_questions),
    Chat: CHAT,
    Series: Kind("series", "#edchat", read_series, wordy=True, suggest=suggest_series, lists=list_series),
    Place: Kind("place", "#edchat", read_place, wordy=True, suggest=suggest_places),
    Role: Kind("role", "host", _read_role, choices=tuple(_ROLES)),
}


def declared(parameter: Parameter, hint: Any) -> Param:
    """What a method's parameter, with its type hint, declares."""
    parts = tuple(_parts(hint))
    extras = {type(part): part for part in parts}
    plain_type = next((part for part in parts if isinstance(part, type) and part is not NoneType), None)
    required = parameter.default is Parameter.empty
    return Param(
        name=parameter.name,
        kind=extras.get(Kind) or _kind(plain_type, parameter.name),
        help=extras.get(str, ""),
        required=required,
        default=None if required else parameter.default,
        by_name=parameter.kind is Parameter.KEYWORD_ONLY,
        nullable=NoneType in parts,
        which=extras.get(Which),
        between=extras.get(Between),
        example=extras.get(Example, Example("")).text,
        suggest=next(filter(iscoroutinefunction, parts), None),
        meanings=extras.get(Meanings, Meanings({})).of,
        wanted=Wanted in extras,
    )


async def parse(ctx: Context, tx: Tx, text: str, param: Param) -> Any:
    """The value that a text names; a refusal says for which parameter, and what may have been meant."""
    try:
        return await param.kind.read(ctx, tx, text, param)
    except Refused as no:
        suggested = [near for near in await suggestions(ctx, tx, text, param) if near != text]
        near = get_close_matches(text, suggested, n=3)
        about = Refused(say.OF_PARAMETER, name=param.name, reason=no.said)
        raise (Refused(partial(_nearest_to, about, near)) if near else about) from None


async def suggestions(ctx: Context, tx: Tx, typed: str, param: Param) -> tuple[str, ...]:
    """Possible values for a parameter, given what is typed so far."""
    suggest = param.suggest or param.kind.suggest
    return tuple(await suggest(ctx, tx, typed)) if suggest else param.kind.choices


async def listed(ctx: Context, tx: Tx, typed: str, param: Param) -> tuple[Choice, ...]:
    """What a list shows for a parameter, given what is typed so far."""
    if param.kind.lists and param.suggest is None:
        return tuple(await param.kind.lists(ctx, tx, typed))
    said = typed.casefold()
    known = [Choice(one, param.meanings.get(one, one)) for one in await suggestions(ctx, tx, typed, param)]
    return tuple(one for one in known if said in f"{one.value} {one.label}".casefold())


async def without(ctx: Context, tx: Tx, param: Param) -> Any:
    """The value of a parameter that was not given; a required one is asked for."""
    if param.which:
        find = chat_if_any if param.nullable else meant_chat
        return await find(ctx, tx, param.which)
    if param.kind.name == "series" and param.required:
        return await only_series(ctx, tx)
    if param.required:
        needed = say.LINES_NONE if param.kind.below else param.help
        raise Misread(say.MISSING, name=param.name, help=partial(_, needed))
    return param.default


def _nearest_to(about: Refused, near: Sequence[str]) -> str:
    return say.did_you_mean(about.said(), near)


def example(param: Param) -> str:
    """What help shows as an example of this parameter."""
    return param.example or (param.kind.choices[0] if param.kind.choices else param.kind.example)


def _parts(hint: Any) -> Iterator[Any]:
    """A hint's type and all that is annotated with it, through `Annotated` and `| None` in any order."""
    if get_origin(hint) is Annotated:
        inner, *extras = get_args(hint)
        yield from _parts(inner)
        yield from extras
    elif get_origin(hint) in (Union, UnionType):
        for choice in get_args(hint):
            yield from _parts(choice)
    else:
        yield hint


def _kind(plain_type: type | None, name: str) -> Kind:
    if plain_type in _KINDS:
        return _KINDS[plain_type]
    if plain_type is not None and issubclass(plain_type, StrEnum):
        return _choice(plain_type)
    raise TypeError(f"{name}: {plain_type} is none of the parameter types")


def _choice(choices: type[StrEnum]) -> Kind:
    named = {member.value: member for member in choices}

    async def read(_ctx: Context, _tx: Tx, text: str, _param: Param) -> StrEnum:
        return _chosen(text, named)

    return Kind("choice", next(iter(named)), read, choices=tuple(named))


def _chosen(text: str, named: Mapping[str, _T]) -> _T:
    found = {_tidy(name): value for name, value in named.items()}
    said = _tidy(plain(text, _WORD_LIMIT))
    if said not in found:
        raise Refused(say.CHOICE_BAD, said=shown(text), choices=partial(sentences.listed, list(named), "or"))
    return found[said]


def _tidy(name: str) -> str:
    return name.casefold().replace("-", "_").replace(" ", "_")

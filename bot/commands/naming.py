"""How people name a chat, a question, a weekly chat, a person or a place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import TypeVar

from bot.commands.declared import Choice, Context, Param
from bot.core import sentences
from bot.core.echo import shown
from bot.core.model import Chat, Person, Place, Question, Refused, Role, Series
from bot.core.plain import plain
from bot.core.sentences import command as say
from bot.core.times.when import parse_date
from bot.core.times.zones import zone_info, zone_words, zones_like
from bot.core.which import Which, could_be_meant, hosted
from bot.storage.store import Tx

_T = TypeVar("_T")

_LIMIT = 100
_NUMBER = re.compile(r"[#q]? ?([0-9]{1,9})[.:)]?", re.ASCII)
_CHATS = {
    "tonight": Which.LIVE,
    "now": Which.LIVE,
    "this": Which.LIVE,
    "next": Which.AHEAD,
    "last": Which.RECENT,
}
_ANYWHERE = timedelta(hours=27)
"""So far from a date's noon in UTC its hours lie in any zone."""
_LAST = {"last", "final", "final q", "last q", "qlast"}
_MENTION = "<>@#!"
_LISTED = 50
"""So many chats, the nearest in time, are looked through for a list."""


async def read_chat(ctx: Context, tx: Tx, text: str, _param: Param) -> Chat:
    """The chat that "7", "2026-11-24", "tonight" or "next" names here."""
    said = _folded(text)
    if said in _CHATS:
        return await meant_chat(ctx, tx, _CHATS[said])
    if number := _NUMBER.fullmatch(said):
        return await _chat_numbered(ctx, tx, int(number[1]))
    return await _chat_on(ctx, tx, said)


async def meant_chat(ctx: Context, tx: Tx, which: Which) -> Chat:
    """The chat that is meant when none is named; where there is none, how to get one."""
    chat = await chat_if_any(ctx, tx, which)
    if chat is None:
        raise Refused(say.NO_CHAT[which])
    return chat


async def chat_if_any(ctx: Context, tx: Tx, which: Which) -> Chat | None:
    """The chat that is meant here; in the hosts' room it may be held in any of the community's places."""
    if which is Which.HOSTED:
        return await _hosted(ctx, tx)
    here = await tx.chat_here(ctx.place.id, which)
    if here and not here.rehearsal:
        return here
    elsewhere = [await tx.chat_here(place.id, which) for place in await _spoken_of(ctx, tx)]
    meant = could_be_meant(here, {chat.id: chat for chat in elsewhere if chat}.values())
    if len(meant) > 1:
        raise Refused(partial(say.which_one, [f"chat={chat.id}" for chat in meant]))
    return next(iter(meant), None)


async def _hosted(ctx: Context, tx: Tx) -> Chat | None:
    """The chat of which somebody is a guest host; whoever hosts the place needs none, be it anybody's."""
    standing = await tx.standing(ctx.person, ctx.place, ctx.power, None)
    if standing.hosts_here or not standing.guest_of:
        return None
    found = [await tx.chat(number) for number in sorted(standing.guest_of)]
    theirs = [chat for chat in found if chat and await _of_community(ctx, tx, chat)]
    return hosted(await tx.chat_here(ctx.place.id, Which.LIVE), theirs, ctx.now)


async def _of_community(ctx: Context, tx: Tx, chat: Chat) -> bool:
    return (await tx.series(chat.series_id)).community_id == ctx.place.community_id


async def read_question(ctx: Context, tx: Tx, text: str, _param: Param) -> Question:
    """The question of the command's chat that "3", "Q3" or "last" names."""
    said = _folded(text)
    questions = await tx.questions(ctx.chat.id) if ctx.chat else ()
    if not questions:
        raise Refused(say.NO_QUESTIONS)
    if said in _LAST:
        return questions[-1]
    number = _NUMBER.fullmatch(said)
    found = next((one for one in questions if number and one.position == int(number[1])), None)
    if found is None:
        raise Refused(say.NO_SUCH_QUESTION, said=shown(text), most=questions[-1].position)
    return found


async def read_series(ctx: Context, tx: Tx, text: str, _param: Param) -> Series:
    """The weekly chat here that a number, a title or a #hashtag names."""
    said = _folded(text)
    here = await series_here(ctx, tx)
    if number := _NUMBER.fullmatch(said):
        here = tuple(series for series in here if series.id == int(number[1]))
    elif here:
        here = _called(said, here, [(_folded(s.title), _folded(s.hashtag).lstrip("#")) for s in here])
    return _only(text, here, [f"{series.title} ({series.id})" for series in here], say.NO_SUCH_SERIES)


async def only_series(ctx: Context, tx: Tx) -> Series:
    """The weekly chat that is meant when none is named: the only one here."""
    here = await series_here(ctx, tx)
    if not here:
        raise Refused(say.NO_SERIES)
    if len(here) > 1:
        raise Refused(partial(say.which_one, [f"{series.title} ({series.id})" for series in here]))
    return here[0]


async def suggest_series(ctx: Context, tx: Tx, _typed: str) -> tuple[str, ...]:
    """The titles of the weekly chats here."""
    return tuple(series.title for series in await series_here(ctx, tx))


async def list_chats(ctx: Context, tx: Tx, typed: str) -> tuple[Choice, ...]:
    """The chats that may be meant here, the nearest in time first, each with its day and what it is about."""
    places = await _spoken_of(ctx, tx)
    found = {chat.id: chat for place in places for chat in await tx.chats_near(place.id, ctx.now, _LISTED)}
    near = sorted(found.values(), key=lambda chat: abs(chat.starts_at - ctx.now))
    listed = [Choice(str(c.id), say.chat_listed(c, await tx.series(c.series_id))) for c in near[:_LISTED]]
    return _fitting(listed, typed)


async def list_questions(ctx: Context, tx: Tx, typed: str) -> tuple[Choice, ...]:
    """The questions of the command's chat; those that are not asked yet are for hosts."""
    questions = await tx.questions(ctx.chat.id) if ctx.chat else ()
    seen = [one for one in questions if one.asked_at or ctx.role >= Role.HOST]
    return _fitting([Choice(str(one.position), f"{one.position}. {one.text}") for one in seen], typed)


async def list_series(ctx: Context, tx: Tx, typed: str) -> tuple[Choice, ...]:
    """The weekly chats here by their titles."""
    return _fitting([Choice(str(one.id), one.title) for one in await series_here(ctx, tx)], typed)


async def list_zones(ctx: Context, tx: Tx, typed: str) -> tuple[Choice, ...]:
    """The time zones that these words may begin; the community's own where there are none yet."""
    names = zones_like(typed) if typed.strip() else ((await tx.community_of(ctx.place)).zone,)
    return tuple(Choice(name, zone_words(name)) for name in names)


async def read_person(ctx: Context, tx: Tx, text: str, _param: Param) -> Person:
    """The person here whom a name or a mention names."""
    said = plain(text, _LIMIT)
    found = await tx.people_named(ctx.place.id, said.strip(_MENTION)) or await tx.people_named(
        ctx.place.id, said
    )
    # The platform's own names: a pseudonym beside one would tell whose it is.
    twice = len({person.name for person in found}) < len(found)
    names = [f"{person.name} ({person.native_id})" if twice else person.name for person in found]
    return _only(text, found, names, say.NO_SUCH_PERSON)


async def read_place(ctx: Context, tx: Tx, text: str, _param: Param) -> Place:
    """The place of this community that a name, "#name", our own id as in p12, or "here" names."""
    said = _folded(text).strip(_MENTION)
    if said == "here":
        return ctx.place
    places = await tx.places_of_community(ctx.place.community_id)
    names = [(_folded(p.name).lstrip("#"), _folded(p.native_id)) for p in places]
    found = tuple(p for p in places if said == f"p{p.id}") or _called(said, places, names)
    return _only(text, found, [f"{place.name} ({place.platform})" for place in found], say.NO_SUCH_PLACE)


async def suggest_places(ctx: Context, tx: Tx, _typed: str) -> tuple[str, ...]:
    """The names of this community's places."""
    return tuple(place.name for place in await tx.places_of_community(ctx.place.community_id))


async def _spoken_of(ctx: Context, tx: Tx) -> tuple[Place, ...]:
    """The places that are meant by "here": this one; in the hosts' room every place of their community."""
    community = await tx.community_of(ctx.place)
    if community.hosts_place_id != ctx.place.id:
        return (ctx.place,)
    return await tx.places_of_community(community.id)


async def series_here(ctx: Context, tx: Tx) -> tuple[Series, ...]:
    """The weekly chats here; in the hosts' room those of every place of their community."""
    here = [series for place in await _spoken_of(ctx, tx) for series in await tx.series_here(place.id)]
    return tuple(dict.fromkeys(here))


async def _chat_numbered(ctx: Context, tx: Tx, number: int) -> Chat:
    chat = await tx.chat(number)
    if chat is None or not await _ours(ctx, tx, chat):
        raise Refused(say.NO_SUCH_CHAT, number=str(number))
    return chat


async def _ours(ctx: Context, tx: Tx, chat: Chat) -> bool:
    """Whether a chat is this community's own or held here: another community's is as good as none."""
    if (await tx.series(chat.series_id)).community_id == ctx.place.community_id:
        return True
    return any([await tx.held_here(place.id, chat.id) for place in await _spoken_of(ctx, tx)])


async def _chat_on(ctx: Context, tx: Tx, said: str) -> Chat:
    community = await tx.community_of(ctx.place)
    day = _day(said, ctx.now.astimezone(zone_info(community.zone)).date())
    if not date.min + _ANYWHERE < day < date.max - _ANYWHERE:
        raise Refused(say.NO_CHAT_ON, day=partial(sentences.day_words, day))
    noon = datetime.combine(day, time(12), UTC)
    held = {
        chat: _local(chat)
        for place in await _spoken_of(ctx, tx)
        for chat in await tx.chats_between(place.id, noon - _ANYWHERE, noon + _ANYWHERE)
    }
    found = [(chat, local) for chat, local in held.items() if local.date() == day and not chat.rehearsal]
    if not found:
        raise Refused(say.NO_CHAT_ON, day=partial(sentences.day_words, day))
    if len(found) > 1:
        raise Refused(partial(_which_hour, found))
    return found[0][0]


def _which_hour(found: Sequence[tuple[Chat, datetime]]) -> str:
    return say.which_one([f"{sentences.clock_words(at.time())} ({chat.id})" for chat, at in found])


def _day(said: str, today: date) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return parse_date(said, today)


def _local(chat: Chat) -> datetime:
    return chat.starts_at.astimezone(zone_info(chat.zone))


def _folded(text: str) -> str:
    return plain(text, _LIMIT).casefold()


def _fitting(known: Sequence[Choice], typed: str) -> tuple[Choice, ...]:
    """The choices in which these words stand."""
    said = typed.casefold().strip()
    return tuple(one for one in known if said in one.label.casefold() or said == one.value)


def _called(said: str, things: Sequence[_T], names: Sequence[tuple[str, ...]]) -> tuple[_T, ...]:
    """The things with exactly this name, else those whose name begins so."""
    bare = said.lstrip("#")
    for fits in (lambda name: name == bare, lambda name: name.startswith(bare)):
        found = tuple(thing for thing, called in zip(things, names, strict=True) if any(map(fits, called)))
        if found:
            return found
    return ()


def _only(text: str, found: Sequence[_T], names: Sequence[str], nobody: str) -> _T:
    if not found:
        raise Refused(nobody, said=shown(text))
    if len(found) > 1:
        raise Refused(partial(say.which_one, names))
    return found[0]

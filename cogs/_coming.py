"""The coming chats of a weekly chat: found, laid out, let go, and given room in their places."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from bot.core import sentences
from bot.core.model import Chat, Place, Refused, Series
from bot.core.times.free_times import Clash, Span, clash
from bot.core.times.recurrence import Recurrence
from bot.core.times.weekly import spans
from bot.core.times.zones import known_zone
from bot.storage.store import Tx


async def of_series(tx: Tx, series: Series) -> tuple[Chat, ...]:
    """The chats of a series that are ahead or live, in time order."""
    places = await tx.places_of_series(series.id)
    found = {chat.id: chat for place in places for chat in await tx.coming_in(place.id)}
    mine = [chat for chat in found.values() if chat.series_id == series.id and not chat.rehearsal]
    return tuple(sorted(mine, key=lambda chat: chat.starts_at))


def own_places(series: Series, places: Sequence[Place]) -> list[Place]:
    """Those of these places that are of a weekly chat's own community."""
    return [place for place in places if place.community_id == series.community_id]


async def planned(tx: Tx, chat: Chat) -> bool:
    """Whether somebody gave a chat a topic or questions."""
    return bool(chat.topic or await tx.questions(chat.id))


async def need_none_on(tx: Tx, series: Series) -> None:
    """Refuse to change how the questions of a series come while a chat of it is on."""
    if any(chat.state.live for chat in await of_series(tx, series)):
        raise Refused(sentences.ON_NOW)


async def let_go(tx: Tx, chat: Chat) -> None:
    """Take away a coming chat that nobody planned."""
    await tx.withdraw(chat.id)
    await tx.forget_talk(chat.id)
    await tx.drop_chat(chat.id)
    tx.replanned = True


async def need_free(
    tx: Tx, series: Series, rules: Sequence[Recurrence], places: Sequence[Place], now: datetime
) -> None:
    """Refuse rules that would put two chats into one place at a time."""
    found = await _clash(tx, series, rules, places, now)
    if found is None:
        return
    zone = rules[0].zone
    if found.own and series.slow:
        raise Refused(partial(sentences.overlaps_itself, series.title))
    if found.own:
        raise Refused(partial(sentences.own_times_meet, series.title, found.mine.starts_at, zone))
    raise Refused(partial(sentences.place_taken, found, zone))


async def met_by(
    tx: Tx, series: Series, rules: Sequence[Recurrence], places: Sequence[Place], now: datetime
) -> tuple[str, datetime, str] | None:
    """What is held in one of these places when this series is: its title, when, and in which zone."""
    found = await _clash(tx, series, rules, places, now)
    return (found.other.title, found.meet_at, rules[0].zone) if found and not found.own else None


async def _clash(
    tx: Tx, series: Series, rules: Sequence[Recurrence], places: Sequence[Place], now: datetime
) -> Clash | None:
    taken = [span for place in places for span in await _taken(tx, place, series, now)]
    return clash(spans(rules, series, now), taken)


async def make_room(
    tx: Tx,
    chat: Chat,
    starts_at: datetime,
    ends_at: datetime,
    refusal: Callable[[Chat, str], str] = sentences.other_comes,
) -> tuple[Chat, ...]:
    """Let unplanned chats of the same series make way for this one, and give them; any other stays."""
    others = await beside(tx, chat, starts_at, ends_at)
    for other in others:
        if other.series_id != chat.series_id or other.state.live or await planned(tx, other):
            raise Refused(partial(refusal, other, (await tx.series(other.series_id)).title))
        await leave_out(tx, other)
    return others


async def beside(tx: Tx, chat: Chat, starts_at: datetime, ends_at: datetime) -> tuple[Chat, ...]:
    """The other chats that have this chat's own places within that time; guests see to theirs themselves."""
    own = own_places(await tx.series(chat.series_id), await tx.places(chat))
    held = {one.id: one for place in own for one in await tx.coming_in(place.id)}
    return tuple(
        one
        for one in held.values()
        if one.id != chat.id and (one.starts_at < ends_at and starts_at < one.ends_at)
    )


async def leave_out(tx: Tx, chat: Chat) -> None:
    """Take away a chat that nobody planned, and let its slot leave that date out."""
    slot = next((one for one in await tx.slots(chat.series_id) if one.id == chat.slot_id), None)
    if slot and chat.occurrence_local:
        await tx.skip_dates(slot, [chat.occurrence_local.date()])
    await let_go(tx, chat)


async def _taken(tx: Tx, place: Place, but: Series, now: datetime) -> list[Span]:
    """When a place is taken by other series: by their rules, and by chats that were moved."""
    found: list[Span] = []
    titles: dict[int, str] = {}
    for series in await tx.series_here(place.id):
        titles[series.id] = series.title
        if series.id != but.id:
            rules = [slot.rule for slot in await tx.slots(series.id) if known_zone(slot.rule.zone)]
            found += spans(rules, series, now)
    chats = [c for c in await tx.coming_in(place.id) if c.state.ahead and c.series_id in titles]
    found += [Span(c.starts_at, c.ends_at, titles[c.series_id]) for c in chats if c.series_id != but.id]
    return [replace(span, place=place.name) for span in found]

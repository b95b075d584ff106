"""A series' times: made, changed, shown, left out."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial

from bot.commands.declared import Context, Reply, replied
from bot.core import sentences, steering
from bot.core.may import role
from bot.core.model import Chat, Place, Refused, Role, Series
from bot.core.sentences import sharing
from bot.core.sentences.planning import role_written
from bot.core.times import clockface, weekly
from bot.core.times.recurrence import Recurrence, in_words, notes
from bot.core.times.weekly import Times
from bot.core.times.zones import known_zone
from bot.core.tongue import joined
from bot.storage.chats.plans import Slot
from bot.storage.store import Tx
from cogs import _coming


async def home_zone(ctx: Context, tx: Tx) -> str:
    """The community's zone, where it has one that is known."""
    zone = (await tx.community_of(ctx.place)).zone
    if not known_zone(zone):
        raise Refused(sentences.ZONE_ASK)
    return zone


async def settle_zone(tx: Tx, home: Place, held: int, rules: Sequence[Recurrence]) -> None:
    """Let a community whose zone nobody named live in that of its first weekly chat; `held` were there."""
    community = await tx.community_of(home)
    zone = weekly.zone_of_community(community.zone, held, rules)
    if zone != community.zone:
        await tx.change_house(community.id, {"zone": zone})


def in_all_words(rules: Sequence[Recurrence]) -> list[str]:
    """Rules for people, without the dates that are left out."""
    return [in_words(replace(rule, exdates=frozenset())) for rule in rules]


def dates(rules: Sequence[Recurrence], now: datetime) -> list[str]:
    """The next four dates of these rules."""
    return [clockface.moment(at, zone) for at, zone in weekly.next_dates(rules, now)]


def all_notes(rules: Sequence[Recurrence]) -> list[str]:
    """What to know of the coming year: months left out, nights when the clocks change."""
    return list(dict.fromkeys(note for rule in rules for note in notes(rule)))


async def page(tx: Tx, series: Series, now: datetime) -> Callable[[], str]:
    """A weekly chat with all that can be set; its dates are those of its chats, moved ones too."""
    rules = [slot.rule for slot in await tx.slots(series.id)]
    coming = [chat for chat in await _coming.of_series(tx, series) if chat.state.ahead]
    held = {clockface.local(chat.starts_at, chat.zone).date() for chat in coming}
    left_out = sorted({day for rule in rules for day in rule.exdates if day >= now.date()} - held)
    return partial(_page, series, rules, coming[:4], left_out)


def _page(
    series: Series, rules: Sequence[Recurrence], coming: Sequence[Chat], left_out: Sequence[date]
) -> str:
    moments = [clockface.moment(chat.starts_at, chat.zone) for chat in coming]
    return sentences.series_page(series, in_all_words(rules), moments, sentences.days_listed(left_out))


def as_written(series: Series) -> dict[str, str]:
    """What can be set of a weekly chat, as a form shows it; its times are only ever written anew."""
    return {
        "title": series.title,
        "minutes": str(round(series.length.total_seconds() / 60)),
        "pace": str(series.asks),
        "days": sentences.days_written(series.days),
        "hashtag": series.hashtag,
        "letters": series.letters,
        "readers": str(series.visibility),
        "welcome": series.welcome,
        "tail_days": str(series.tail.days),
        "publish_at_once": _yes_or_no(series.publish_at_once),
        "anonymous_answers": _yes_or_no(series.anonymous_answers),
        "search_engines": _yes_or_no(series.indexable),
        "about": series.about,
        "collecting": str(series.collecting),
        "ping": role_written(series.ping) if series.ping else "none",
    }


def _yes_or_no(said: bool) -> str:
    return "yes" if said else "no"


async def give(tx: Tx, series: Series, rules: Sequence[Recurrence], now: datetime) -> None:
    """Give a series more recurring times, and make their chats at once."""
    for rule in rules:
        await tx.materialise(series, await tx.add_slot(series.id, rule), now)
    tx.replanned = True


async def change(ctx: Context, tx: Tx, series: Series, times: Times) -> list[tuple[Chat, datetime | None]]:
    """Change a series' times; gives the planned chats of old times, each with the nearest new moment."""
    old = [slot.rule for slot in await tx.slots(series.id)]
    rules = times.of(old, await home_zone(ctx, tx) if not old else old[0].zone, ctx.now)
    own = _coming.own_places(series, await tx.places_of_series(series.id))
    await _coming.need_free(tx, series, rules, own, ctx.now)
    if not times.replacing:
        await give(tx, series, rules[len(old) :], ctx.now)
        return []
    await tx.end_slots(series.id, ctx.now)
    kept = await _without_empty(tx, series)
    await give(tx, series, rules, ctx.now)
    for chat in kept:
        await _clear(tx, chat)
    return [(chat, weekly.nearest(chat.starts_at, rules, ctx.now)) for chat in kept if chat.state.ahead]


async def lay_out_again(tx: Tx, series: Series, now: datetime) -> None:
    """Give the coming chats of a series its new length."""
    for chat in await _coming.of_series(tx, series):
        if chat.state.ahead:
            before = await tx.running(chat.id)
            await tx.change(before, weekly.relaid(before, now), now)


async def skip(ctx: Context, tx: Tx, series: Series, said: str, confirmed: Chat | None) -> Reply:
    """Leave out a date or a break: unplanned chats go, a planned one only when it is named."""
    slots = await tx.slots(series.id)
    zone = slots[0].rule.zone if slots else await home_zone(ctx, tx)
    first, last = weekly.days(said, clockface.local(ctx.now, zone).date())
    there = [c for c in await _coming.of_series(tx, series) if c.state.ahead and first <= _day(c) <= last]
    planned = [chat for chat in there if await _coming.planned(tx, chat)]
    if confirmed and confirmed.id not in [chat.id for chat in planned]:
        raise Refused(partial(sentences.not_that_chat, confirmed.id, first))
    kept = [chat for chat in planned if not confirmed or chat.id != confirmed.id]
    if await guest(ctx, tx) and (first != last or [one.id for one in there] != [ctx.chat and ctx.chat.id]):
        raise Refused(sentences.GUESTS_OWN_CHAT)
    days = await _leave_out(tx, slots, (first, last), kept, ctx.now)
    for chat in (chat for chat in there if chat not in kept):
        days.add(_day(chat))
        await _take_off(tx, chat, chat in planned, ctx.now)
    if not days and not kept:
        raise Refused(partial(_nothing_there, series, [slot.rule for slot in slots], ctx.now))
    return _skipped(series, sorted(days), kept)


async def guest(ctx: Context, tx: Tx) -> bool:
    """Whether somebody asks who is host of this one chat alone."""
    return role(await tx.standing(ctx.person, ctx.place, ctx.power, None)) < Role.HOST


async def need_own(ctx: Context, tx: Tx, series: Series) -> None:
    """Refuse hosts of a place that only joined a series, and say whose it is."""
    if series.community_id != ctx.place.community_id and ctx.role < Role.OWNER:
        raise Refused(partial(sharing.series_not_ours, (await tx.community(series.community_id)).name))


def _nothing_there(series: Series, rules: Sequence[Recurrence], now: datetime) -> str:
    return sentences.nothing_to_skip(series, dates(rules, now))


def _skipped(series: Series, days: Sequence[date], kept: Sequence[Chat]) -> Reply:
    said = partial(sentences.left_out, series, days) if days else ""
    asked = partial(sentences.confirm_skips, series, kept) if kept else ""
    return replied(joined(said, asked), sentences.skip_offers(kept))


def _day(chat: Chat) -> date:
    return clockface.local(chat.starts_at, chat.zone).date()


async def _without_empty(tx: Tx, series: Series) -> list[Chat]:
    kept: list[Chat] = []
    for chat in await _coming.of_series(tx, series):
        if chat.state.live or await _coming.planned(tx, chat):
            kept.append(chat)
        else:
            await _coming.let_go(tx, chat)
    return kept


async def _clear(tx: Tx, chat: Chat) -> None:
    """A planned chat stays, so no empty one may come up beside it."""
    for other in await _coming.beside(tx, chat, chat.starts_at, chat.ends_at):
        if other.series_id == chat.series_id and not await _coming.planned(tx, other):
            await _coming.leave_out(tx, other)


async def _leave_out(
    tx: Tx, slots: Sequence[Slot], between: tuple[date, date], kept: Sequence[Chat], now: datetime
) -> set[date]:
    """Let the slots leave out these days, but not those of chats that are kept."""
    staying = {(c.slot_id, c.occurrence_local.date()) for c in kept if c.occurrence_local}
    found: set[date] = set()
    for slot in slots:
        days = weekly.days_left_out(slot.rule, *between, now)
        gone = [day for day in days if (slot.id, day) not in staying]
        await tx.skip_dates(slot, gone)
        found.update(gone)
    return found


async def _take_off(tx: Tx, chat: Chat, planned: bool, now: datetime) -> None:
    if not planned:
        await _coming.leave_out(tx, chat)
        return
    before = await tx.running(chat.id)
    await tx.change(before, steering.cancel(before, "", now), now)

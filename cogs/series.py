"""Weekly chats: made, changed, shown, paused, moved about the calendar, deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from bot.commands import Between, Cog, Context, Example, Meanings, Offer, Reply, command, fills, replied
from bot.commands.naming import series_here
from bot.commands.parameters import Minutes, When
from bot.core import plain, reminding, sentences, steering
from bot.core.model import Chat, Collecting, Pace, Place, Refused, Role, Visibility
from bot.core.model import Series as WeeklyChat
from bot.core.times import weekly
from bot.core.times.recurrence import Recurrence
from bot.core.times.weekly import Times, Wishes
from bot.core.times.zones import Zone
from bot.core.tongue import joined
from bot.storage.store import Tx
from cogs import _coming, _editing, _places, _rules, _setup

Which = Annotated[WeeklyChat, "Which weekly chat"]
Length = Between(10, 120)
Takes = Annotated[Minutes, "How long a chat lasts, in minutes", Example("60"), Length]
Tail = Between(1, 60)
Readers = Meanings(sentences.WHO_READS)
Copies = Annotated[Collecting, "What becomes of answers written elsewhere", Meanings(sentences.HOW_COLLECTED)]
Paces = Annotated[Pace, "How its questions come", Meanings(sentences.HOW_ASKED)]
Days = Annotated[str, "The days of a slow chat; its last one ends it", Example(sentences.TYPED_DAYS)]
Comes = Annotated[str, "When it comes; put a semicolon between two times", Example(sentences.TYPED_WEEKLY)]


class Series(Cog):
    """The commands of the group `series`."""

    @command("series create", role=Role.HOST)
    async def create(  # noqa: PLR0913 - each is a word of the command
        self,
        ctx: Context,
        tx: Tx,
        title: Annotated[str, "What it is called", Example("Weekly EdChat")],
        *,
        when: Comes,
        zone: Annotated[Zone | None, "Its time zone, if not the community's", Example("ET or London")] = None,
        minutes: Takes = 60,
        hashtag: Annotated[str, "Its hashtag", Example("#edchat")] = "",
        letters: Annotated[str, "What stands before the numbers: Q1, A1", Example("Q/A")] = "Q/A",
        readers: Annotated[Visibility | None, "Who may read it afterwards, if not as set up", Readers] = None,
        place: Annotated[Place | None, "Where it is held, if not here"] = None,
        collecting: Copies = Collecting.COPY,
        pace: Paces = Pace.HOUR,
        days: Days = "",
    ) -> Reply:
        """Make a weekly chat; its next dates are planned at once."""
        home = await _where(ctx, tx, place)
        as_set_up = (await _setup.settled(tx, home.community_id)).readers
        known = (title, hashtag, letters, None, readers or as_set_up, minutes)
        wishes = Wishes(*known, collecting=collecting, asks=pace, days=days)
        return await _created(ctx, tx, wishes, Times(when, None, _name(zone)), home, zone)

    @command("series edit", role=Role.HOST)
    async def edit(  # noqa: PLR0913 - each is a word of the command
        self, ctx: Context, tx: Tx, series: Which, *,
        title: Annotated[str | None, "What it is called"] = None,
        when: Annotated[str | None, "When it comes from now on", Example(sentences.TYPED_ANEW)] = None,
        also: Annotated[str | None, "One more time", Example(sentences.TYPED_BESIDE)] = None,
        zone: Annotated[Zone | None, "Its time zone"] = None,
        minutes: Takes | None = None,
        hashtag: Annotated[str | None, "Its hashtag; none takes it away", Example("#edchat")] = None,
        letters: Annotated[str | None, "What stands before the numbers: Q1, A1", Example("Q/A")] = None,
        readers: Annotated[Visibility | None, "Who may read it afterwards", Readers] = None,
        welcome: Annotated[str | None, "What people are welcomed with; none takes it away"] = None,
        tail_days: Annotated[int | None, "For how many days late answers count", Tail] = None,
        publish_at_once: Annotated[bool | None, "Show its page as soon as a chat is over"] = None,
        anonymous_answers: Annotated[bool | None, "Let people answer without their name"] = None,
        search_engines: Annotated[bool | None, "Let search engines find what all may read"] = None,
        about: Annotated[str | None, "What its page tells newcomers; none takes it away"] = None,
        collecting: Copies | None = None,
        ping: Annotated[str | None, "Whom announcements call; none is nobody", Example("@Teachers")] = None,
        pace: Paces | None = None,
        days: Days | None = None,
    ) -> Reply:  # fmt: skip
        """Change a weekly chat; chats that are planned stay as they are until you say so."""
        known = (title, hashtag, letters, welcome, readers, minutes, tail_days, publish_at_once)
        wishes = Wishes(*known, anonymous_answers, search_engines, about, collecting, ping, pace, days)
        return await _editing.edited(ctx, tx, series, wishes, Times(when, also, _name(zone)))

    @fills("series create")
    async def usual(self, ctx: Context, tx: Tx, _given: Mapping[str, Any]) -> Mapping[str, str | None]:
        """What the community was set up with; before its first weekly chat nobody may have named a zone."""
        known, community = await _setup.settled(tx, ctx.place.community_id), await tx.community_of(ctx.place)
        zone = weekly.zone_named(community.zone, await tx.count_series(community.id))
        usual: dict[str, str | None] = {"zone": zone, "minutes": "60", "letters": "Q/A"}
        usual["pace"] = str(Pace.HOUR)
        usual |= {"readers": str(known.readers)} if known.readers else {}
        return usual | ({"place": known.room.name} if known.room else {})

    @fills("series edit")
    async def present(self, ctx: Context, tx: Tx, given: Mapping[str, Any]) -> Mapping[str, str]:
        """A weekly chat as it is."""
        series = given.get("series")
        return _rules.as_written(series) if series else {}

    @command("series show")
    async def show(self, ctx: Context, tx: Tx, series: Which) -> Reply:
        """Show a weekly chat: its times, its next dates, who may read it."""
        page = await _rules.page(tx, series, ctx.now)
        return replied(joined(page, *await _places.as_guest(ctx, tx, series)))

    @command("series list")
    async def listing(self, ctx: Context, tx: Tx) -> Reply:
        """List the weekly chats here, with their next dates."""
        lines = [await _line(tx, series) for series in await series_here(ctx, tx)]
        return replied(joined(*lines)) if lines else Reply(sentences.SERIES_NONE)

    @command("series pause", role=Role.HOST)
    async def pause(self, ctx: Context, tx: Tx, series: Which) -> Reply:
        """Let a weekly chat rest until you resume it."""
        await _rules.need_own(ctx, tx, series)
        if series.paused:
            raise Refused(sentences.PAUSED_ALREADY)
        await tx.save_series(replace(series, paused=True))
        for chat in await _coming.of_series(tx, series):
            if chat.state.ahead:
                await tx.tell_reminded(chat.id, reminding.rests(chat, series, ctx.now), ctx.now)
        tx.replanned = True
        return replied(
            partial(sentences.series_paused, series), (Offer("Resume", f"series resume {series.id}"),)
        )

    @command("series resume", role=Role.HOST)
    async def resume(self, ctx: Context, tx: Tx, series: Which) -> Reply:
        """Let a paused weekly chat go on with its next date."""
        await _rules.need_own(ctx, tx, series)
        if not series.paused:
            raise Refused(sentences.NOT_PAUSED_SERIES)
        return await _resumed(ctx, tx, replace(series, paused=False))

    @command("series skip", role=Role.HOST)
    async def skip(
        self,
        ctx: Context,
        tx: Tx,
        dates: Annotated[str, "A date, or a break", Example(sentences.TYPED_BREAK)],
        *,
        series: Which,
        chat: Annotated[Chat | None, "The planned chat that may be cancelled for it"] = None,
    ) -> Reply:
        """Leave out one date, or all in a break."""
        await _rules.need_own(ctx, tx, series)
        return await _rules.skip(ctx, tx, series, dates, chat)

    @command("series move", role=Role.HOST)
    async def move(
        self,
        ctx: Context,
        tx: Tx,
        date: Annotated[Chat, "The date or number of the chat", Example("2026-12-01")],
        *,
        to: Annotated[When, "When it is held instead", Example(sentences.TYPED_MOVED)],
    ) -> Reply:
        """Hold one chat at another time; the others stay as they are."""
        before = await tx.running(date.id)
        change = steering.move(before, to, ctx.now)
        until = change.state.chat.ends_at
        if await _rules.guest(ctx, tx) and await _coming.beside(tx, date, to, until):
            raise Refused(sentences.GUESTS_OWN_CHAT)
        await _coming.make_room(tx, date, to, until)
        after = await tx.change(before, change, ctx.now)
        return replied(
            partial(sentences.moved_to, after.chat, after.series), sentences.plan_offers(after.chat)
        )

    @command("series delete", role=Role.HOST, destructive=True)
    async def delete(
        self, ctx: Context, tx: Tx, series: Which, *, sure: Annotated[bool, "Whether you are sure"] = False
    ) -> Reply:
        """Delete a weekly chat; the archive of its chats is kept."""
        await _rules.need_own(ctx, tx, series)
        chats = await _coming.of_series(tx, series)
        if not sure:
            return await _ask_to_delete(tx, series, chats)
        for chat in chats:
            await _finish(ctx, tx, chat)
        await tx.delete_series(series.id, ctx.now)
        tx.replanned = True
        return replied(partial(sentences.series_deleted, series))


def _name(zone: Zone | None) -> str | None:
    return zone.name if zone else None


async def _where(ctx: Context, tx: Tx, place: Place | None) -> Place:
    """Where a new series is at home: never in the hosts' room by mistake."""
    hosts = (await tx.community_of(ctx.place)).hosts_place_id
    if place is not None or ctx.place.id != hosts:
        return place or ctx.place
    if room := (await _setup.settled(tx, ctx.place.community_id)).room:
        return room
    others = [one for one in await tx.places_of_community(ctx.place.community_id) if one.id != hosts]
    if len(others) != 1:
        raise Refused(partial(sentences.series_where, [_setup.spelled("place", one.name) for one in others]))
    return others[0]


async def _created(
    ctx: Context, tx: Tx, wishes: Wishes, times: Times, home: Place, zone: Zone | None
) -> Reply:
    series = wishes.of(WeeklyChat(0, home.community_id, plain.title(wishes.title or "")))
    held = await tx.count_series(home.community_id)
    if held >= weekly.MOST_SERIES:
        raise Refused(sentences.SERIES_MANY, most=weekly.MOST_SERIES)
    rules = times.of((), times.zone or await _rules.home_zone(ctx, tx), ctx.now)
    await _coming.need_free(tx, series, rules, [home], ctx.now)
    series = await tx.add_series(series, home.id, (), ctx.now)
    await tx.open_untold([home], series.visibility)
    await _rules.give(tx, series, rules, ctx.now)
    await _rules.settle_zone(tx, home, held, rules)
    first = (await _coming.of_series(tx, series))[0]
    return replied(partial(_made, series, rules, ctx.now, zone), sentences.dates_offers(series, first))


def _made(series: WeeklyChat, rules: Sequence[Recurrence], now: datetime, zone: Zone | None) -> str:
    remarks = [zone.said] if zone and zone.said else []
    notes = [*remarks, *_rules.all_notes(rules)]
    return sentences.series_made(series, _rules.in_all_words(rules), _rules.dates(rules, now), notes)


async def _line(tx: Tx, series: WeeklyChat) -> Callable[[], str]:
    rules = [slot.rule for slot in await tx.slots(series.id)]
    ahead = [chat for chat in await _coming.of_series(tx, series) if chat.state.ahead]
    return partial(_listed, series, rules, ahead[0] if ahead else None)


def _listed(series: WeeklyChat, rules: Sequence[Recurrence], chat: Chat | None) -> str:
    coming = sentences.next_date(chat.starts_at, chat.zone, chat.topic) if chat else ""
    return sentences.series_line(series, _rules.in_all_words(rules), coming)


async def _resumed(ctx: Context, tx: Tx, series: WeeklyChat) -> Reply:
    """Go on with what is still to come; of what went by meanwhile nothing is said."""
    await tx.save_series(series)
    for chat in await _coming.of_series(tx, series):
        before = await tx.running(chat.id)
        if chat.state.ahead:
            await tx.change(before, weekly.after_a_rest(before, ctx.now), ctx.now)
    for slot in await tx.slots(series.id):
        await tx.materialise(series, slot, ctx.now)
    tx.replanned = True
    coming = [chat for chat in await _coming.of_series(tx, series) if chat.state.ahead]
    return replied(partial(sentences.series_resumed, series, coming[0] if coming else None))


async def _ask_to_delete(tx: Tx, series: WeeklyChat, chats: tuple[Chat, ...]) -> Reply:
    live = [chat for chat in chats if chat.state.live]
    planned = [chat for chat in chats if chat.state.ahead and await _coming.planned(tx, chat)]
    asked = partial(sentences.confirm_delete, series, len(planned), bool(live))
    return replied(asked, (sentences.delete_offer(series),))


async def _finish(ctx: Context, tx: Tx, chat: Chat) -> None:
    """End or call off a chat whose series goes; one that nobody planned just goes."""
    before = await tx.running(chat.id)
    if chat.state.live:
        await tx.change(before, steering.end(before, ctx.person.shown, ctx.now), ctx.now)
    elif await _coming.planned(tx, chat):
        why = sentences.series_gone(before.series)
        await tx.change(before, steering.cancel(before, why, ctx.now), ctx.now)
    else:
        await _coming.let_go(tx, chat)

"""The places of a weekly chat: found, checked and told of."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from bot.commands.declared import Context, Reply, replied
from bot.core.archive.page_words import network_name
from bot.core.model import Chat, Offer, Place, Refused, Series
from bot.core.sentences import sharing as say
from bot.core.sharing import MOST_PLACES
from bot.core.times.recurrence import Recurrence
from bot.core.times.zones import known_zone
from bot.storage.doors.secrets import SecretKind
from bot.storage.places.sharing import Share
from bot.storage.store import Tx
from cogs import _coming, _rules, _setup

_NAMED = 3
"""So many rooms are named to whoever must choose one."""


def listed(series: Series, shares: Sequence[Share], code: str) -> str:
    """Where a weekly chat is held, and the code by which one more place joins."""
    return say.share_code(series, [_line(one) for one in shares], code)


def _line(share: Share) -> str:
    """A place in a list, named with its community where that is another one."""
    network, whose = network_name(share.place.platform), "" if share.own else share.community
    return say.shared_place(share.place, network, whose, muted=share.muted, left=share.left)


async def by_code(ctx: Context, tx: Tx, code: str) -> Series:
    """The weekly chat that a code is for; the code is not used up by this."""
    secret = await tx.secret(code.strip("` "), SecretKind.PLACE, ctx.real)
    if secret is None or secret.series_id is None:
        raise Refused(say.CODE_WRONG)
    alive = await tx.series_going_on(secret.series_id)
    if alive is None:
        raise Refused(say.CODE_WRONG)
    return alive


async def meant(ctx: Context, tx: Tx, place: Place | None) -> Place:
    """The room for everybody that is meant: the one named, this one, the one set up, or the only one."""
    hosts = (await tx.community_of(ctx.place)).hosts_place_id
    room = place or ctx.place
    if room.id != hosts:
        return room
    rooms, set_up = await _setup.rooms(tx, ctx.place), await _setup.settled(tx, ctx.place.community_id)
    chosen = set_up.room or (rooms[0] if len(rooms) == 1 else None)
    if place is not None or chosen is None or chosen.id == hosts:
        raise Refused(partial(say.not_among_hosts, [_setup.option("place", one) for one in rooms[:_NAMED]]))
    return chosen


async def need_room(ctx: Context, tx: Tx, series: Series, room: Place) -> None:
    """Refuse a place that has this weekly chat already, or another one at its hours."""
    shares = await tx.shares(series)
    if room.id in {one.place.id for one in shares}:
        raise Refused(say.HELD_HERE_ALREADY, series=series.title, place=room.name)
    if len(shares) >= MOST_PLACES:
        raise Refused(say.PLACES_MANY, most=MOST_PLACES)
    await need_quiet(tx, series, room)
    rules = [slot.rule for slot in await tx.slots(series.id) if known_zone(slot.rule.zone)]
    if met := await _coming.met_by(tx, series, rules, [room], ctx.now):
        title, at, zone = met
        raise Refused(partial(say.taken_then, title, at, zone, room))


async def need_quiet(tx: Tx, series: Series, room: Place) -> None:
    """Refuse a place in which another chat is on, while the weekly chat's own one is."""
    on = await tx.live_now_of(series)
    other = await tx.live_beside(on, room) if on else None
    if other is not None:
        raise Refused(partial(say.on_there, other, await tx.series(other.series_id), room))


async def ask_to_join(tx: Tx, series: Series, whose: str, room: Place, code: str) -> Reply:
    """Show what would be held in a room, and who would read, before its host accepts."""
    rules = [slot.rule for slot in await tx.slots(series.id)]
    accept = Offer(say.ACCEPT, f"series join {code} {say.option(room)} sure=yes")
    return replied(partial(_sure, series, whose, room, rules), (accept,))


def _sure(series: Series, whose: str, room: Place, rules: Sequence[Recurrence]) -> str:
    return say.join_sure(series, whose, room, _rules.in_all_words(rules), series.visibility)


async def held(ctx: Context, tx: Tx, series: Series, place: Place | None) -> Share:
    """This community's place of a weekly chat that is meant: the one named, this one, or its only one."""
    own = [s for s in await tx.shares(series) if s.place.community_id == ctx.place.community_id]
    wanted = place or ctx.place
    found = [one for one in own if one.place.id == wanted.id]
    if not found and place is None and len(own) == 1:
        found = own
    if not found:
        raise Refused(say.NOT_HELD_THERE, series=series.title)
    return found[0]


async def need_another(tx: Tx, series: Series) -> None:
    """Refuse to leave the last place of its own that a weekly chat has."""
    if sum(one.own for one in await tx.shares(series)) < 2:
        raise Refused(say.OWN_PLACE_LAST, series=series.title)


async def as_guest(ctx: Context, tx: Tx, series: Series) -> list[Callable[[], str]]:
    """Whose weekly chat it is, where this community is its guest."""
    if series.community_id == ctx.place.community_id:
        return []
    whose = (await tx.community(series.community_id)).name
    shares = [s for s in await tx.shares(series) if s.place.community_id == ctx.place.community_id]
    return [partial(say.guest_of, series, whose, one.place.name, muted=one.muted) for one in shares]


async def coming(tx: Tx, series: Series) -> Chat | None:
    """The chat of a series that is on, or comes next."""
    return next(iter(await _coming.of_series(tx, series)), None)


async def tell_owners(ctx: Context, tx: Tx, series: Series, place: Place, *, joined: bool) -> None:
    """Tell a weekly chat's hosts of a place that came or went."""
    owners, there = await tx.community(series.community_id), await tx.community_of(place)
    if owners.hosts_place_id is None or owners.id == there.id:
        return
    network = network_name(place.platform)
    came = say.place_joined(series, place, network, there.name)
    text = came if joined else say.place_went(series, place, there.name)
    await _tell(tx, owners.hosts_place_id, text, f"share.{series.id}.{place.id}.{_at(ctx.now)}", ctx)


async def tell_guests(ctx: Context, tx: Tx, series: Series, place: Place) -> None:
    """Tell the hosts of a place that it was taken out."""
    owners, there = await tx.community(series.community_id), await tx.community_of(place)
    if there.hosts_place_id is not None:
        text = say.place_taken_out(series, place, owners.name)
        await _tell(tx, there.hosts_place_id, text, f"unshare.{series.id}.{place.id}.{_at(ctx.now)}", ctx)


async def _tell(tx: Tx, room_id: int, text: str, key: str, ctx: Context) -> None:
    await tx.post(await tx.place(room_id), text, (), key, ctx.now)


def _at(now: datetime) -> str:
    return f"{now.timestamp():.3f}"

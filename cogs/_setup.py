"""What `setup` was told of a community, and what its hosts do next."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from bot.commands import Context
from bot.core import sentences
from bot.core.first_steps import NextStep, next_step, readers_of
from bot.core.model import Chat, Community, Offer, Place, Visibility
from bot.core.tongue import Words
from bot.storage.archive.addresses import BROWSER
from bot.storage.places.servers import unlifted
from bot.storage.store import Tx


@dataclass(frozen=True, slots=True)
class Settled:
    """Where a community's chats are held and who may read them, as far as its hosts have said so."""

    room: Place | None = None
    readers: Visibility | None = None


async def settled(tx: Tx, community_id: int) -> Settled:
    """What the hosts of a community have said."""
    where, readers = await tx.installed(_where(community_id)), await tx.installed(readers_of(community_id))
    rooms = await tx.places_of_community(community_id)
    room = next((place for place in rooms if str(place.id) == where), None)
    return Settled(room, Visibility(readers) if readers else None)


async def settle(tx: Tx, community_id: int, now: Settled) -> None:
    """Keep what the hosts of a community say."""
    if now.room is not None:
        await tx.install(_where(community_id), str(now.room.id))
    if now.readers is not None:
        await tx.install(readers_of(community_id), now.readers)
    if now.room is not None and now.readers is not None:
        await tx.open_untold([now.room], now.readers)


async def have_hosts_room(ctx: Context, tx: Tx, room: Place) -> None:
    """Let hosts have a room of their own, where there is none yet and the network has private rooms."""
    here = await tx.community_of(ctx.place)
    if here.hosts_place_id is None and room.platform in tx.keeps:
        await tx.wish_hosts_room(room, ctx.person.native_id, sentences.HOSTS_ROOM_NAME, ctx.now)


async def lacking(tx: Tx, community: Community) -> list[str]:
    """What is missing in the rooms of a community's chats, and in its hosts' room."""
    room = (await settled(tx, community.id)).room
    hosts = await tx.place(community.hosts_place_id) if community.hosts_place_id else None
    places = [place for place in (room, hosts) if place is not None]
    lines = [
        sentences.place_lacks(place, missing) for place in places if (missing := await tx.lacking(place.id))
    ]
    limit = await tx.installed(unlifted(room.platform)) if room is not None else None
    return [*lines, sentences.limited(limit)] if limit else lines


async def not_public(tx: Tx, now: Settled) -> list[Callable[[], str]]:
    """What keeps a room's words from everybody, though they are meant for them."""
    if now.readers is not Visibility.PUBLIC or now.room is None or not await tx.shut(now.room.id):
        return []
    return [partial(sentences.not_public, now.room.name)]


async def begun(tx: Tx, community_id: int) -> bool:
    """Whether a community was set up, or has a weekly chat all the same."""
    return (await settled(tx, community_id)).readers is not None or await tx.count_series(community_id) > 0


async def rooms(tx: Tx, here: Place) -> tuple[Place, ...]:
    """The rooms for everybody that a community has on the network one is on."""
    hosts = (await tx.community_of(here)).hosts_place_id
    found = await tx.places_of_community(here.community_id)
    return tuple(place for place in found if place.platform == here.platform and place.id != hosts)


async def only_room(ctx: Context, tx: Tx) -> Place | None:
    """The room for everybody where there is but one: of our own rooms none is out of the bot's sight."""
    found = await rooms(tx, ctx.place) if ctx.place.platform == BROWSER else ()
    return found[0] if len(found) == 1 else None


async def next_of(tx: Tx, community: Community, here: Place) -> tuple[list[Words], tuple[Offer, ...]]:
    """What is missing until people know of the next chat, and the buttons that lead on."""
    chat = await _next_chat(tx, community)
    step = next_step(chat, await tx.questions(chat.id) if chat else ())
    series = await tx.series(chat.series_id) if chat else None
    lines: list[Words] = [partial(sentences.missing_step, step, chat, series)]
    if community.hosts_place_id is None:
        made = here.platform in tx.keeps and await tx.hosts_room_wished(community.id)
        lines.append(sentences.HOSTS_ROOM_COMES if made else sentences.HOSTS_ROOM_LACKING)
    room = (await settled(tx, community.id)).room
    elsewhere = step is NextStep.WEEKLY_CHAT and room is not None and room.id != here.id
    return lines, sentences.step_offers(step, chat, option("place", room) if room and elsewhere else "")


def option(name: str, room: Place) -> str:
    """The option that names a room, as in place=edchat."""
    return spelled(name, room.native_id if room.platform == BROWSER else room.name)


def spelled(name: str, word: str) -> str:
    """An option as it is typed, in quotes where it has to be."""
    return f'{name}="{word}"' if " " in word else f"{name}={word}"


async def _next_chat(tx: Tx, community: Community) -> Chat | None:
    places = await tx.places_of_community(community.id)
    found = [chat for place in places if (chat := await tx.own_chat_ahead(place))]
    return min(found, key=lambda chat: chat.starts_at, default=None)


def _where(community_id: int) -> str:
    return f"where.{community_id}"

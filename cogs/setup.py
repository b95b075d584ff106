"""Setting a community up: where its chats are held, who moderates, who may read afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Annotated, Any

from bot.commands import OFFER_LIMIT, Cog, Context, Example, Meanings, Reply, command, fills, replied
from bot.commands.declared import Wanted
from bot.commands.parameters import People
from bot.core import sentences
from bot.core.hearing import Author
from bot.core.host_names import host_names, hosts_role, whole_name
from bot.core.model import Person, Place, Refused, Role, Visibility
from bot.core.names import alike
from bot.core.tongue import Words, joined
from bot.storage.archive.addresses import BROWSER
from bot.storage.doors.secrets import SecretKind
from bot.storage.store import Tx
from cogs import _links, _setup
from cogs._setup import Settled

ASKED = Wanted.WANTED


async def suggest_rooms(ctx: Context, tx: Tx, _typed: str) -> Sequence[str]:
    """The rooms for everybody on this network."""
    return [place.name for place in await _setup.rooms(tx, ctx.place)]


class Setup(Cog):
    """The command with which everything begins."""

    @command("setup", role=Role.HOST, private=True)
    async def setup(
        self,
        ctx: Context,
        tx: Tx,
        *,
        where: Annotated[Place | None, "The room in which the chat is held", suggest_rooms, ASKED] = None,
        hosts: Annotated[
            People | None, "Who moderates beside you; put a semicolon between two", Example("Dana; Tom")
        ] = None,
        readers: Annotated[
            Visibility | None, "Who may read it afterwards", Meanings(sentences.WHO_READS), ASKED
        ] = None,
    ) -> Reply:
        """Say where the chat is held, who moderates, and who may read it afterwards."""
        _check_room(ctx, where, (await tx.community_of(ctx.place)).hosts_place_id)
        names, role = host_names(hosts or ""), _role(ctx, hosts or "")
        before = await _setup.settled(tx, ctx.place.community_id)
        now = Settled(where or before.room or await _setup.only_room(ctx, tx), readers or before.readers)
        if now.room is None or now.readers is None:
            return await _asks(ctx, tx, now, names)
        await _setup.settle(tx, ctx.place.community_id, now)
        await _setup.have_hosts_room(ctx, tx, now.room)
        said = [_ready(now.room, now.readers), *await _let_host(ctx, tx, role)]
        said += await _setup.not_public(tx, now)
        return await _set_up(ctx, tx, said, names, changed=before.readers not in (None, now.readers))

    @fills("setup")
    async def present(self, ctx: Context, tx: Tx, _given: Mapping[str, Any]) -> Mapping[str, str]:
        """What was answered before; the first time nothing is chosen."""
        before = await _setup.settled(tx, ctx.place.community_id)
        room = {"where": before.room.name} if before.room else {}
        return room | ({"readers": str(before.readers)} if before.readers else {})


def _check_room(ctx: Context, where: Place | None, hosts_place_id: int | None) -> None:
    if where is not None and where.id == hosts_place_id:
        raise Refused(sentences.SETUP_HOSTS_ROOM)
    if where is not None and where.platform != ctx.place.platform:
        raise Refused(sentences.SETUP_OTHER_NETWORK)


def _role(ctx: Context, hosts: str) -> str:
    """The role whose members are to be hosts, if one is named; our own rooms know none."""
    role = hosts_role(hosts)
    if role and ctx.place.platform == BROWSER:
        raise Refused(sentences.HOSTS_ROLE_HERE)
    return role


def _ready(room: Place, readers: Visibility) -> Callable[[], str]:
    return partial(sentences.ready, room.name, readers)


async def _let_host(ctx: Context, tx: Tx, role: str) -> list[Callable[[], str]]:
    if not role:
        return []
    await tx.set_host_role(ctx.place.community_id, role)
    return [partial(sentences.role_now, role)]


async def _asks(ctx: Context, tx: Tx, now: Settled, names: Sequence[str]) -> Reply:
    """Ask for the rest; what was said already stands in the form."""
    rooms = [place.name for place in await _setup.rooms(tx, ctx.place)]
    asks = partial(sentences.setup_asks, now.room.name if now.room else None, now.readers, rooms)
    said = [_setup.option("where", now.room)] if now.room else []
    said += [f"readers={now.readers}"] if now.readers else []
    listed = "; ".join(names)
    said += [f'hosts="{listed}"'] if names and listed.replace("; ", "").isalnum() else []
    line = " ".join(["setup", *said])
    return replied(asks, (sentences.set_up_offer(line if len(line) <= OFFER_LIMIT else "setup"),))


async def _set_up(
    ctx: Context, tx: Tx, said: Sequence[Words], names: Sequence[str], *, changed: bool
) -> Reply:
    community = await tx.community_of(ctx.place)
    hosts = [await _host(ctx, tx, name) for name in names]
    missing, offers = await _setup.next_of(tx, community, ctx.place)
    lacking = await _setup.lacking(tx, community)
    others = [sentences.SAME_READERS] if changed and await tx.count_series(community.id) else []
    return replied(joined(*said, *hosts, *lacking, *missing, *others), offers)


async def _host(ctx: Context, tx: Tx, name: str) -> Callable[[], str]:
    """Make somebody a host: in our own rooms, where anybody may take any name, by a link for them alone."""
    here = ctx.place.community_id
    if ctx.place.platform == BROWSER:
        known = await tx.members(here)
        if any(membership.host and alike(person.name, name) for person, membership in known):
            return partial(sentences.host_already, name)
        hosts_room = (await tx.community_of(ctx.place)).hosts_place_id
        secret = await tx.give_secret(SecretKind.HOST, here, ctx.real, place_id=hosts_room)
        return partial(sentences.host_by_link, name, await _links.to(tx, f"/in/{secret}"))
    found = await _named(ctx, tx, name)
    if len(found) != 1:
        return partial(sentences.host_not_met, name)
    await tx.make_community_host(here, found[0].id)
    await tx.let_into_hosts_room(here, found[0].native_id, ctx.now)
    return partial(sentences.host_now, found[0].name)


async def _named(ctx: Context, tx: Tx, name: str) -> Sequence[Person]:
    """Those of this name; whom a whole name names, where people have one, is met by it."""
    found = await tx.people_named(ctx.place.id, name)
    if found or not (whole_name(name) and whole_name(ctx.person.native_id)):
        return found
    return (await tx.person(ctx.place.platform, Author(name, name), ctx.place.community_id),)

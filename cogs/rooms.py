"""The bot's own rooms: made, opened by links, kept civil; and houses, each a community of its own."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from bot.commands import Between, Cog, Context, Example, Offer, Reply, command, replied
from bot.core import plain, sentences
from bot.core.echo import shown
from bot.core.model import Community, Person, Place, Refused, Role
from bot.core.times.zones import Zone
from bot.core.tongue import worded
from bot.storage.archive.addresses import BROWSER
from bot.storage.doors.members import Membership
from bot.storage.doors.secrets import SecretKind
from bot.storage.store import Tx
from bot.written import language_tag
from cogs import _links, _setup

MOST_ROOMS = 50
"""Rooms of one community: a limit to what one host can make by mistake."""

LONGEST_ABOUT = 1_000
"""Characters that a community's pages say of it."""
LEAST_KEPT = 30
"""Days that chats are kept at least: late answers and reports need their time."""

Keeping = Between(0, 36_500)
Who = Annotated[Person, "Who"]
Wanted = Annotated[str, "Its name", Example("Science teachers")]


class Rooms(Cog):
    """The commands of the groups `room` and `house`."""

    @command("room create", role=Role.HOST, private=True)
    async def create(self, ctx: Context, tx: Tx, name: Wanted) -> Reply:
        """Make a room for everybody, in the browser."""
        _need_own_rooms(ctx)
        wanted, there = plain.title(name), await tx.places_of_community(ctx.place.community_id)
        if len(there) >= MOST_ROOMS:
            raise Refused(sentences.ROOMS_MANY, most=MOST_ROOMS)
        if wanted.casefold() in {place.name.casefold() for place in there}:
            raise Refused(sentences.ROOM_TWICE, name=wanted)
        room = await tx.add_room(ctx.place.community_id, wanted, wanted)
        address = await _links.to(tx, f"/room/{room.native_id}/")
        link = await _links.join(tx, room.id)
        return replied(partial(sentences.room_made, room.name, address, link))

    @command("room link", role=Role.HOST, private=True)
    async def link(
        self,
        ctx: Context,
        tx: Tx,
        room: Annotated[Place | None, "Which room, if not this one"] = None,
        *,
        new: Annotated[bool, "Whether the old link is to open nothing any more"] = False,
    ) -> Reply:
        """Get the link by which people come into a room."""
        _need_own_rooms(ctx)
        meant = await _meant(ctx, tx, room)
        if new:
            await tx.new_join_secret(meant.id)
        link = await _links.join(tx, meant.id)
        said = sentences.new_join_link if new else sentences.join_link
        return replied(partial(said, meant.name, link), () if new else (_another_link(meant),))

    @command("room people", role=Role.HOST, private=True)
    async def people(self, ctx: Context, tx: Tx) -> Reply:
        """Show who came in, who is held and who is banned."""
        _need_own_rooms(ctx)
        known = [(person.name, member) for person, member in await tx.members(ctx.place.community_id)]
        banned = [name for name, member in known if member.banned]
        held = [name for name, member in known if member.held and not member.banned]
        hosts = [name for name, member in known if member.host and name not in banned]
        rest = [name for name, _ in known if name not in (*banned, *held, *hosts)]
        return replied(partial(sentences.people_in, rest, hosts, held, banned))

    @command("room hold", role=Role.HOST, private=True)
    async def hold(self, ctx: Context, tx: Tx, person: Who) -> Reply:
        """Let what somebody writes wait until a host lets it through."""
        member = await _member(ctx, tx, person)
        _check(not member.host, sentences.NOT_A_HOST, person)
        _check(not member.held, sentences.HELD_ALREADY, person)
        await tx.hold(ctx.place.community_id, person.id, ctx.real)
        return replied(partial(sentences.held_now, person.name), _back(sentences.RELEASE, "release", person))

    @command("room release", role=Role.HOST, private=True)
    async def release(self, ctx: Context, tx: Tx, person: Who) -> Reply:
        """Let somebody who was held speak freely again."""
        member = await _member(ctx, tx, person)
        _check(member.held, sentences.NOT_HELD, person)
        await tx.release(ctx.place.community_id, person.id)
        await tx.room_release_all(person.id, ctx.place.community_id, ctx.now)
        return replied(partial(sentences.released, person.name))

    @command("room ban", role=Role.HOST, private=True)
    async def ban(self, ctx: Context, tx: Tx, person: Who) -> Reply:
        """Shut somebody out; their links open nothing any more."""
        member = await _member(ctx, tx, person)
        _check(not member.host, sentences.NOT_A_HOST, person)
        _check(not member.banned, sentences.BANNED_ALREADY, person)
        await tx.ban(ctx.place.community_id, person.id, ctx.real)
        tx.rooms_rung |= {place.id for place in await _setup.rooms(tx, ctx.place)}  # open pages look again
        return replied(
            partial(sentences.banned_now, person.name), _back(sentences.LET_BACK_IN, "unban", person)
        )

    @command("room unban", role=Role.HOST, private=True)
    async def unban(self, ctx: Context, tx: Tx, person: Who) -> Reply:
        """Let somebody come in again."""
        member = await _member(ctx, tx, person)
        _check(member.banned, sentences.NOT_BANNED, person)
        await tx.unban(ctx.place.community_id, person.id)
        return replied(partial(sentences.unbanned, person.name))

    @command("room pass", role=Role.HOST, private=True)
    async def let_through(
        self, ctx: Context, tx: Tx, message: Annotated[int, "The number of the held message"]
    ) -> Reply:
        """Let everybody see what somebody who is held wrote."""
        _need_own_rooms(ctx)
        found = await tx.room_message(message, viewer=ctx.person.native_id, host=True)
        here = {place.id for place in await tx.places_of_community(ctx.place.community_id)}
        if found is None or not found.held or found.place_id not in here:
            raise Refused(sentences.NO_SUCH_HELD)
        await tx.room_release(message, ctx.now)
        return Reply(sentences.LET_IN)

    @command("house create", role=Role.OWNER, private=True)
    async def house(
        self,
        ctx: Context,
        tx: Tx,
        name: Annotated[str, "What the community is called", Example("Science teachers")],
        *,
        zone: Annotated[Zone | None, "Its time zone, if not this community's"] = None,
    ) -> Reply:
        """Make another community in the browser, with rooms and hosts of its own."""
        here = await tx.community_of(ctx.place)
        community = await tx.add_house(plain.title(name), zone.name if zone else here.zone, here.language)
        if community.hosts_place_id is not None:
            hosts = await tx.place(community.hosts_place_id)
            await tx.post(hosts, *sentences.first_words(), f"hello.{community.id}", ctx.now)
        return await _host_link(ctx, tx, community)

    @command("house edit", role=Role.HOST, private=True)
    async def house_edit(
        self,
        ctx: Context,
        tx: Tx,
        *,
        about: Annotated[str | None, "What its pages say of it"] = None,
        contact: Annotated[str | None, "Whom readers may turn to", Example("chat@school.example")] = None,
        keep_days: Annotated[int | None, "Days after which chats are erased, 0 for never", Keeping] = None,
        language: Annotated[str | None, "The language people write in", Example("German")] = None,
    ) -> Reply:
        """Change what a community's pages say of it, in which language, and how long its chats are kept."""
        given = {"about": about, "contact": contact, "retention_days": keep_days}
        given |= {"language": _language(language) if language is not None else None}
        wanted: dict[str, object] = {name: value for name, value in given.items() if value is not None}
        if not wanted:
            raise Refused(sentences.HOUSE_NOTHING)
        if keep_days is not None:
            if 0 < keep_days < LEAST_KEPT:
                raise Refused(sentences.KEPT_TOO_SHORT, least=LEAST_KEPT)
            wanted["retention_days"] = keep_days or None
        for name in {"about", "contact"} & wanted.keys():
            wanted[name] = plain.plain(str(wanted[name]), LONGEST_ABOUT)
        await tx.change_house(ctx.place.community_id, wanted)
        return replied(partial(sentences.house_changed, keep_days))

    @command("house link", role=Role.OWNER, private=True)
    async def house_link(
        self, ctx: Context, tx: Tx, name: Annotated[str, "Which community", Example("Science teachers")]
    ) -> Reply:
        """Get another link that makes its opener a host of a community."""
        there = await tx.communities()
        said = plain.plain(name, 400).casefold()
        found = [one for one in there if said in (one.name.casefold(), one.slug.casefold())]
        if len(found) != 1:
            names = sentences.listed([one.slug for one in there])
            raise Refused(sentences.NO_SUCH_HOUSE, said=shown(said), names=names)
        return await _host_link(ctx, tx, found[0])


def _language(said: str) -> str:
    try:
        return language_tag(said)
    except ValueError:
        raise Refused(sentences.LANGUAGE_UNKNOWN, said=shown(said)) from None


def _need_own_rooms(ctx: Context) -> None:
    if ctx.place.platform != BROWSER:
        raise Refused(sentences.ROOMS_ELSEWHERE)


async def _meant(ctx: Context, tx: Tx, room: Place | None) -> Place:
    """The room that was named, or this one; in the hosts' room the one that chats are held in."""
    hosts = (await tx.community_of(ctx.place)).hosts_place_id
    if room is None and ctx.place.id == hosts:
        rooms = await _setup.rooms(tx, ctx.place)
        room = (await _setup.settled(tx, ctx.place.community_id)).room or next(iter(rooms), None)
    meant = room or ctx.place
    if meant.id == hosts:
        raise Refused(sentences.ROOM_OF_HOSTS)
    if meant.platform != BROWSER:
        raise Refused(sentences.ROOMS_ELSEWHERE)
    return meant


def _another_link(room: Place) -> Offer:
    return Offer(sentences.ANOTHER_LINK, f"room link {room.native_id} new=yes")


async def _member(ctx: Context, tx: Tx, person: Person) -> Membership:
    _need_own_rooms(ctx)
    member = await tx.membership(ctx.place.community_id, person.id)
    if member is None:
        raise Refused(sentences.NOT_A_MEMBER, name=person.name)
    return member


def _check(fits: bool, otherwise: str, person: Person) -> None:
    if not fits:
        raise Refused(otherwise, name=person.name)


def _back(label: str, act: str, person: Person) -> tuple[Offer, ...]:
    return (Offer(label, f"room {act} {person.native_id}"),)


async def _host_link(ctx: Context, tx: Tx, community: Community) -> Reply:
    secret = await tx.give_secret(SecretKind.HOST, community.id, ctx.real, place_id=community.hosts_place_id)
    link = await _links.to(tx, f"/in/{secret}")
    return replied(worded(sentences.HOUSE_LINK, name=community.name, link=link))

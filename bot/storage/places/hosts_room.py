"""The hosts' room of a community: chosen, or made as a private room on the network itself."""

from datetime import datetime

from sqlalchemy import func, select, update

from bot.core.actions import Action
from bot.core.model import Place
from bot.core.sentences import setup as sentences
from bot.storage.outgoing.keeping import SENT, WAITING, Keeping, shown_offers
from bot.storage.schema import tables as t

_SUBJECT = "hosts_room"


class HostsRooms(Keeping):
    """What is asked of hosts' rooms."""

    async def move_hosts_room(self, community_id: int, place_id: int) -> None:
        """Make a place the hosts' only room."""
        theirs = update(t.place).where(t.place.c.community_id == community_id)
        await self._do(theirs.values(hosts_room=t.place.c.id == place_id))

    async def wish_hosts_room(self, place: Place, person: str, name: str, now: datetime) -> None:
        """Ask the network for a private room beside this place, for hosts; once while one is on its way."""
        if not await self.hosts_room_wished(place.community_id):
            tried = await self._value(select(func.count()).where(t.outbox.c.subject == _SUBJECT))
            key, payload = f"{_SUBJECT}.{place.community_id}.{tried}", {"text": name, "person": person}
            await self._put(place, Action.ROOM, _SUBJECT, key, payload, now)

    async def let_into_hosts_room(self, community_id: int, person: str, now: datetime) -> None:
        """Have a host let into the private room, if the network made one or is to make one."""
        o = t.outbox.c
        theirs = select(t.outbox).join(t.place).where(t.place.c.community_id == community_id)
        made = theirs.where(o.subject == _SUBJECT, o.state.in_((WAITING, SENT))).order_by(o.id.desc())
        room = await self._row(made.limit(1))
        if room is None or room.payload.get("person") == person:
            return
        subject = f"{_SUBJECT}.{room.id}.{person}"
        asked = await self._value(select(func.count()).where(o.subject == subject))
        payload, key = {"text": room.payload.get("text", ""), "person": person}, f"{subject}.{asked}"
        beside = await self.place(room.place_id)
        await self._put(beside, Action.ROOM, subject, key, payload, now, depends_on=room.id)

    async def hosts_room_wished(self, community_id: int) -> bool:
        """Whether a private room is on its way, or was made."""
        wished = select(t.outbox.c.id).join(t.place).where(t.place.c.community_id == community_id)
        live = t.outbox.c.state.in_((WAITING, SENT))
        return await self._value(wished.where(t.outbox.c.subject == _SUBJECT, live).limit(1)) is not None

    async def enter_hosts_room(self, beside: Place, native_id: str, name: str, now: datetime) -> None:
        """Have the private room that the network made as the hosts' room, with the first words in it."""
        known = select(t.place.c.id).where(
            t.place.c.platform == beside.platform, t.place.c.native_id == native_id
        )
        values = {"community_id": beside.community_id, "platform": beside.platform, "native_id": native_id}
        place_id = await self._value(known) or await self._add(t.place, **values, name=name)
        await self.move_hosts_room(beside.community_id, place_id)
        room = Place(place_id, beside.community_id, beside.platform, native_id, name)
        payload = {"text": sentences.HOSTS_ROOM_HELLO, "offers": shown_offers(())}
        await self._put(room, Action.POST, "hello", f"hello.place.{place_id}", payload, now)

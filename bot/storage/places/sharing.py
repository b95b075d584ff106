"""The places of a weekly chat: those that join by a code, are muted, leave or are taken out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from bot.core.actions import Action
from bot.core.effects import Effect, Enter, Say, Wish
from bot.core.model import Chat, Community, Place, Series
from bot.core.sharing import asked_anew, caught_up
from bot.core.state import Running
from bot.storage.chats.chats import AHEAD, LATE, LIVE, chat_of
from bot.storage.chats.plans import place_of
from bot.storage.doors.secrets import SecretKind
from bot.storage.forgetting.replies import Replies
from bot.storage.outgoing.keeping import SENT, WAITING
from bot.storage.outgoing.lagging import TAKEN_BACK
from bot.storage.schema import tables as t


@dataclass(frozen=True, slots=True)
class Share:
    """A place of a weekly chat; it is its community's `own`, or a guest, and the bot may have `left` it."""

    place: Place
    community: str
    own: bool
    muted: bool
    left: bool


class Sharing(Replies):
    """What is asked of the places of a weekly chat."""

    async def shares(self, series: Series) -> tuple[Share, ...]:
        """Every place of a weekly chat, its own ones first."""
        query = (
            select(t.place, t.series_place.c.muted, t.community.c.name.label("whose"))
            .join(t.series_place, t.series_place.c.place_id == t.place.c.id)
            .join(t.community, t.community.c.id == t.place.c.community_id)
            .where(t.series_place.c.series_id == series.id, t.series_place.c.accepted_at.is_not(None))
        )
        own = t.place.c.community_id == series.community_id
        rows = await self._rows(query.order_by(own.desc(), t.place.c.id))
        return tuple(
            Share(
                place_of(row),
                row.whose,
                row.community_id == series.community_id,
                row.muted,
                row.left_at is not None,
            )
            for row in rows
        )

    async def revoke_codes(self, series_id: int, now: datetime) -> None:
        """Let the codes of a weekly chat open nothing any more; `now` is real time."""
        s = t.secret.c
        mine = and_(s.kind == SecretKind.PLACE, s.series_id == series_id, s.revoked_at.is_(None))
        await self._do(update(t.secret).where(mine).values(revoked_at=now))

    async def communities_of(self, place: Place) -> tuple[Community, ...]:
        """Whose hosts a place concerns: its own community's, and those whose chats it joined."""
        sp = t.series_place.c
        query = select(t.series.c.community_id).join(t.series_place, sp.series_id == t.series.c.id)
        joined = sp.place_id == place.id, sp.accepted_at.is_not(None), t.series.c.deleted_at.is_(None)
        found = {row.community_id for row in await self._rows(query.where(*joined))} - {place.community_id}
        return tuple([await self.community(one) for one in (place.community_id, *sorted(found))])

    async def muted_in(self, series_id: int, place_id: int) -> bool:
        """Whether nothing of a weekly chat is posted in a place that joined it."""
        mine = t.series_place.c.series_id == series_id, t.series_place.c.place_id == place_id
        return bool(await self._value(select(t.series_place.c.muted).where(*mine)))

    async def live_now_of(self, series: Series) -> Chat | None:
        """The chat of a weekly chat that is in its hour."""
        found = [chat for chat in await self._coming_of(series) if chat.state.live]
        return found[0] if found else None

    async def take_in(self, series: Series, place: Place, now: datetime) -> None:
        """Hold a weekly chat in one more place, also the chat that is on."""
        row = insert(t.series_place).values(series_id=series.id, place_id=place.id, accepted_at=now)
        again = {"accepted_at": now, "muted": False}
        await self._do(row.on_conflict_do_update(index_elements=["series_id", "place_id"], set_=again))
        await self._bring_up(series, place, now)

    async def mute(self, series: Series, place: Place, now: datetime) -> None:
        """Post nothing of a weekly chat in a place."""
        await self._quieten(series, place, now, left=False)
        await self._mark_muted(series, place, muted=True)

    async def unmute(self, series: Series, place: Place, now: datetime) -> None:
        """Post in a place again, and first what it needs to know now."""
        await self._mark_muted(series, place, muted=False)
        await self._bring_up(series, place, now)

    async def take_out(self, series: Series, place: Place, now: datetime) -> None:
        """Hold a weekly chat in a place no more; what is said there from now on is none of its words."""
        await self._quieten(series, place, now, left=True)
        theirs = t.series_place.c.series_id == series.id, t.series_place.c.place_id == place.id
        await self._do(delete(t.series_place).where(*theirs))
        asked = t.reminder.c.place_id == place.id, t.reminder.c.chat_id.in_(_ids_of(series))
        await self._do(delete(t.reminder).where(*asked))
        if place.community_id != series.community_id:
            await self.let_guests_replies_go(place.community_id, now)

    async def ask_anew(self, place: Place, now: datetime) -> None:
        """Post what is on again in a place whose room was replaced: there its threads go on."""
        states = t.chat.c.state.in_(LIVE), t.chat_place.c.place_id == place.id
        rows = await self._rows(select(t.chat).join(t.chat_place).where(*states).order_by(t.chat.c.id))
        for chat in map(chat_of, rows):
            if place.id in {one.id for one in await self.places(chat)}:
                state = await self.running(chat.id)
                await self._post_anew(state, place, asked_anew(state), now)

    async def _post_anew(
        self, state: Running, place: Place, effects: Sequence[Effect], now: datetime
    ) -> None:
        """Post once more what was posted, and hang on that what waits."""
        o, chat = t.outbox.c, state.chat
        mine = o.chat_id == chat.id, o.place_id == place.id, o.action == Action.POST, o.state == SENT
        asks = o.subject.in_([one.subject for one in effects if isinstance(one, Say)])
        rows = await self._rows(select(o.id, o.subject).where(*mine, asks).order_by(o.id))
        before = {row.subject: row.id for row in rows}
        let_go = o.key + ".r" + func.cast(o.id, o.key.type)  # the key may be used again
        await self._do(update(t.outbox).where(o.id.in_(before.values())).values(key=let_go))
        again = [one for one in effects if isinstance(one, Say | Wish) and _post_of(one) in before]
        await self.perform(state, again, now, [place])
        for subject, row_id in before.items():
            newest = await self._row_of(chat.id, place.id, subject)
            waits = o.depends_on == row_id, o.state == WAITING
            await self._do(update(t.outbox).where(*waits).values(depends_on=newest))

    async def _mark_muted(self, series: Series, place: Place, *, muted: bool) -> None:
        mine = t.series_place.c.series_id == series.id, t.series_place.c.place_id == place.id
        await self._do(update(t.series_place).where(*mine).values(muted=muted))

    async def _bring_up(self, series: Series, place: Place, now: datetime) -> None:
        for chat in await self._coming_of(series):
            self.stale.add(chat.id)
            if chat.state.live:
                await self.come_in(chat, place, now)
            state = await self.running(chat.id)
            await self.perform(state, caught_up(state), now, [place])

    async def _quieten(self, series: Series, place: Place, now: datetime, *, left: bool) -> None:
        """Take back what was not posted yet in a place, and what stands there as long as a chat comes."""
        for chat in await self._coming_of(series, late=left):
            self.stale.add(chat.id)
            o = t.outbox.c
            mine = and_(o.chat_id == chat.id, o.place_id == place.id, o.state == WAITING)
            told = o.key.startswith(f"c{chat.id}.hosts.")
            await self._do(
                update(t.outbox).where(mine, ~told, o.first_attempt_at.is_(None)).values(**TAKEN_BACK)
            )
            await self._do(update(t.outbox).where(mine, ~told, o.not_after > now).values(not_after=now))
            await self.go_out(chat, place, now if left else None)
            standing = (Enter(None), *([Wish("topic", Action.TOPIC)] if chat.state.live else ()))
            if not chat.state.over:
                await self.perform(await self.running(chat.id), standing, now, [place])

    async def _coming_of(self, series: Series, *, late: bool = False) -> Sequence[Chat]:
        """The chats of a weekly chat that are ahead or in their hour, and the late ones where asked."""
        states = (*LIVE, *AHEAD, *(LATE if late else ()))
        mine = t.chat.c.series_id == series.id, t.chat.c.state.in_(states), t.chat.c.rehearsal.is_(False)
        rows = await self._rows(select(t.chat).where(*mine).order_by(t.chat.c.starts_at))
        return [chat_of(row) for row in rows]


def _post_of(effect: Say | Wish) -> str:
    """The subject of the post that an effect makes, or acts on."""
    return effect.subject if isinstance(effect, Say) else effect.on


def _ids_of(series: Series) -> Any:
    return select(t.chat.c.id).where(t.chat.c.series_id == series.id)

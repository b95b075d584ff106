"""The weekly digest of links: posted once through the outbox, and kept in step with what may be read."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, func, select, update

from bot.core import digest
from bot.core.actions import Action
from bot.core.audience import Audience, Reads
from bot.core.digest import Period
from bot.core.effects import Say, Wish
from bot.core.model import ChatState, Place, Series
from bot.core.sentences import resources as say
from bot.core.state import Running
from bot.storage.archive.resources import Resources, Span
from bot.storage.outgoing.keeping import WAITING, WITHDRAWN
from bot.storage.outgoing.outbound import Outbound
from bot.storage.schema import tables as t

SUBJECT = "digest"
_EDIT = "digest.edit"
_O = t.outbox.c
_UNPLANNED = (ChatState.SEALED, ChatState.CANCELLED)


class Digests(Resources, Outbound):
    """What is asked of digests."""

    async def chats_with_digests(self, series_id: int) -> tuple[int, ...]:
        """The chats of a weekly chat after which a digest may still be posted."""
        mine = and_(t.chat.c.series_id == series_id, t.chat.c.rehearsal.is_(False))
        query = select(t.chat.c.id).where(mine, t.chat.c.state.not_in(_UNPLANNED))
        return tuple(row.id for row in await self._rows(query.order_by(t.chat.c.starts_at)))

    async def post_digest(self, chat_id: int, now: datetime) -> bool:
        """Post what was shared since the last digest; nothing where that was just now, or nothing was."""
        state = await self.running(chat_id)
        last = await self._last_digest(state.series.id)
        period = digest.period(state.chat, last, now) if state.series.digest else None
        if period is None:
            return False
        said = [
            (place, await self._digest_in(state, place, period)) for place in await self.places(state.chat)
        ]
        for place, text in said:
            if text:
                post = Say(SUBJECT, text, not_after=now + digest.LATE)
                await self.perform(state, (post,), now, only=(place,))
        if posted := any(text for _, text in said):
            await self._add(t.digest, chat_id=chat_id, since=period.since, until=period.until)
        return posted

    async def renew_digests(self, now: datetime) -> None:
        """Bring the digests in step that may hold links of chats whose pages show something else now."""
        for row in await self._digests_touched() if self.stale else ():
            state, period = await self.running(row.chat_id), Period(row.since, row.until)
            if not self.erasures and await self._half_drawn(state.series.id, period):
                continue
            mine = and_(_O.chat_id == row.chat_id, _O.subject == SUBJECT, _O.state != WITHDRAWN)
            for post in await self._rows(select(t.outbox).where(mine)):
                place = await self.place(post.place_id)
                text = await self._digest_in(state, place, period)
                await self._refresh(state, place, post, text, now)

    async def _refresh(self, state: Running, place: Place, post: Row[Any], text: str, now: datetime) -> None:
        if post.payload.get("text") == (text or say.NOTHING_LEFT):
            return
        untried = post.state == WAITING and post.first_attempt_at is None
        new: dict[str, Any] = {"payload": {**post.payload, "text": text or say.NOTHING_LEFT}}
        new |= {"state": WITHDRAWN} if untried and not text else {}
        await self._do(update(t.outbox).where(_O.id == post.id).values(**new))
        if untried:
            return
        mine = and_(_O.chat_id == state.chat.id, _O.place_id == place.id, _O.subject == _EDIT)
        await self._do(update(t.outbox).where(mine).values(**new))  # no earlier one keeps words that went
        wish = Wish(_EDIT, Action.EDIT, text or say.NOTHING_LEFT, on=SUBJECT)
        await self.perform(state, (wish,), now, only=(place,))

    async def _half_drawn(self, series_id: int, period: Period) -> bool:
        """Whether words that a digest may hold were never drawn, as when a community has just come in.

        Their links are not known yet; the last of them to be drawn brings the digest in step.
        """
        m, c = t.message.c, t.chat.c
        new = and_(m.render_version == 0, m.body_html.is_(None), m.deleted_at.is_(None))
        within = and_(c.starts_at < period.until, c.ends_at > period.since - digest.OFTEN_LATE)
        query = select(m.id).join(t.chat, c.id == m.chat_id).where(new, within, c.series_id == series_id)
        return await self._value(query.limit(1)) is not None

    async def _digest_in(self, state: Running, place: Place, period: Period) -> str:
        """What a digest says in a place: to members of the chat's own community, or to guests."""
        series = state.series
        who = _readers(series, guests=place.community_id != series.community_id)
        span = Span(series.id, period.since, period.until)
        links = await self.resources(who, span, digest.MOST)
        if not links:
            return ""
        count, page = await self.count_resources(who, span), await self.series_page(series)
        return say.digest(series, state.chat.zone, period.since, links, count, page and f"{page}resources/")

    async def _last_digest(self, series_id: int) -> datetime | None:
        query = select(func.max(t.digest.c.until)).join(t.chat).where(t.chat.c.series_id == series_id)
        found: datetime | None = await self._value(query)
        return found

    async def _digests_touched(self) -> Sequence[Row[Any]]:
        """The digests that may hold words of a chat that changed."""
        theirs, changed = t.chat.alias("theirs"), t.chat.alias("changed")
        both = t.digest.join(theirs, theirs.c.id == t.digest.c.chat_id).join(
            changed, changed.c.series_id == theirs.c.series_id
        )
        began = and_(changed.c.id.in_(sorted(self.stale)), changed.c.starts_at < t.digest.c.until)
        query = select(t.digest, changed.c.starts_at, changed.c.ends_at).select_from(both).where(began)
        rows = await self._rows(query)
        held = (row for row in rows if Period(row.since, row.until).may_hold(row.starts_at, row.ends_at))
        return tuple({row.chat_id: row for row in held}.values())


def _readers(series: Series, *, guests: bool) -> Audience:
    if guests:
        return Audience(series.community_id, series=frozenset((series.id,)))
    return Audience(series.community_id, Reads.MEMBERS)

"""What places lack: hosts are told, and a chat that cannot go on anywhere waits."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from bot.commands import Cog, hears, on_step
from bot.core import sentences, steering
from bot.core.effects import Tell
from bot.core.hearing import Barred, Deleted, Heard
from bot.core.model import Chat, Place, Refused, Step, StepKind
from bot.core.sentences import sharing
from bot.core.sharing import goes_on
from bot.core.which import Which
from bot.storage.heard.remembered import QUESTION_GONE
from bot.storage.store import Tx


class Health(Cog):
    """What a place lacks, told to its hosts before a chat and as soon as it changes."""

    @hears(Barred)
    async def barred(
        self, tx: Tx, place: Place, heard: Heard, _message_id: int | None, now: datetime
    ) -> None:
        """Pause a chat that has no place left, and tell the hosts what is missing."""
        if not isinstance(heard, Barred):
            return
        chat = await tx.chat_here(place.id, Which.LIVE)
        lost = bool(chat and not heard.goes_on and await _nobody_steers(tx, chat, place))
        stopped = bool(lost and chat and chat.state.live and await _pause(tx, chat, now))
        if chat and (stopped or (lost and heard.gone and chat.state.ahead)):
            await _tell_guests(tx, chat, now)
        text = sentences.place_gone(place) if heard.gone else sentences.place_lacks(place, heard.lacking)
        offers = sentences.resume_offers(chat) if chat and chat.paused_at and not heard.lacking else ()
        said = f"{text}\n{sentences.STOPPED_THERE}" if stopped else text
        for community in await tx.communities_of(place):
            hosts, own = community.hosts_place_id, community.id == place.community_id
            if hosts is not None and hosts != place.id:
                key = f"barred.{place.id}.{heard.id}" + ("" if own else f".{community.id}")
                await tx.post(await tx.place(hosts), said, offers, key, now)

    @hears(Deleted)
    async def question_gone(
        self, tx: Tx, place: Place, heard: Heard, _message_id: int | None, now: datetime
    ) -> None:
        """Tell the hosts, once, that somebody took a question's message away; its answers stay."""
        asked = await tx.question_posted(place.id, heard.id)
        hosts = (await tx.community_of(place)).hosts_place_id if asked else None
        if asked is not None and hosts is not None:
            series = await tx.series((await tx.running(asked.chat_id)).chat.series_id)
            text = sentences.question_gone(place, series, asked.position)
            key = f"{QUESTION_GONE}{place.id}.{heard.id}"
            await tx.post(await tx.place(hosts), text, (), key, now)

    @on_step(StepKind.REMIND)
    async def before(self, tx: Tx, chat_id: int, step: Step, now: datetime) -> None:
        """Look once more, ten minutes before, at what the chat's places lack."""
        running = await tx.running(chat_id)
        lacking = [
            sentences.place_lacks(place, missing)
            for place in await tx.places(running.chat)
            if (missing := await tx.lacking(place.id))
        ]
        if lacking and running.waiting:
            told = Tell(f"lacking.{running.chat.version}", "\n".join(lacking))
            await tx.perform(running, (told,), now)


async def _nobody_steers(tx: Tx, chat: Chat, lost: Place) -> bool:
    """Whether a chat has no place left to go on in; one that is held elsewhere too goes on there."""
    owners = (await tx.series(chat.series_id)).community_id
    return not goes_on(owners, lost, [one for one in await tx.places(chat) if one.id != lost.id])


async def _pause(tx: Tx, chat: Chat, now: datetime) -> bool:
    if chat.paused_at is not None:
        return False
    before = await tx.running(chat.id)
    with suppress(Refused):
        await tx.change(before, steering.pause(before, sentences.THE_BOT, now), now)
        return True
    return False


async def _tell_guests(tx: Tx, chat: Chat, now: datetime) -> None:
    """Tell the hosts of places that joined a chat, once, that its owners lost theirs."""
    series = await tx.series(chat.series_id)
    owners = await tx.community(series.community_id)
    text = sharing.owners_lost(series, owners.name, paused=chat.state.live)
    guests = {one.place.community_id for one in await tx.shares(series) if not one.own and not one.left}
    for community in [await tx.community(one) for one in sorted(guests)]:
        if community.hosts_place_id is not None:
            key = f"orphaned.{chat.id}.{chat.state}.{community.id}"
            await tx.post(await tx.place(community.hosts_place_id), text, (), key, now)

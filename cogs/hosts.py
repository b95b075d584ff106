"""Hosts: a guest for one chat, and handing a chat over to somebody else."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from bot.commands import Cog, Context, Reply, command, replied
from bot.core import sentences
from bot.core.effects import Say
from bot.core.model import Chat, Person, Place, Refused, Role
from bot.core.state import Change, Running
from bot.core.which import Which
from bot.storage.store import Tx

Who = Annotated[Person, "Who"]
Live = Annotated[Chat, "Which chat", Which.LIVE]


class Hosts(Cog):
    """Who steers a chat beside the moderators."""

    @command("host invite", role=Role.HOST)
    async def invite(self, ctx: Context, tx: Tx, person: Who, *, chat: Live) -> Reply:
        """Let somebody host one chat."""
        _check_not_over(chat)
        await tx.invite(chat.id, person.id, ctx.now)
        return replied(partial(sentences.invited, person.shown, chat, await tx.series(chat.series_id)))

    @command("host handover", role=Role.HOST)
    async def handover(self, ctx: Context, tx: Tx, person: Who, *, chat: Live) -> Reply:
        """Hand a chat over to somebody else."""
        _check_not_over(chat)
        if person.id == ctx.person.id:
            raise Refused(sentences.HANDOVER_SELF)
        before = await tx.running(chat.id)
        await tx.invite(chat.id, person.id, ctx.now)
        await tx.uninvite(chat.id, ctx.person.id)
        await tx.change(before, _led_by(before, person), ctx.now)
        return replied(partial(sentences.handed_over, person.shown, chat, before.series))

    @command("host room", role=Role.HOST, private=True)
    async def room(
        self, ctx: Context, tx: Tx, where: Annotated[Place, "A channel or room that only hosts see"]
    ) -> Reply:
        """Choose the room in which the bot speaks with hosts alone."""
        here = await tx.community_of(ctx.place)
        if where.community_id != here.id:
            raise Refused(sentences.HOSTS_ROOM_ELSEWHERE)
        if await tx.series_here(where.id):
            raise Refused(sentences.HOSTS_ROOM_SHARED)
        await tx.move_hosts_room(here.id, where.id)
        return replied(partial(sentences.hosts_room_now, where.name))


def _check_not_over(chat: Chat) -> None:
    if not (chat.state.ahead or chat.state.live):
        raise Refused(partial(sentences.not_running, chat))


def _led_by(before: Running, person: Person) -> Change:
    """The chat with its new lead, who is thanked at its end, and a word for the room."""
    text = sentences.new_lead(person.shown, before.chat, before.series)
    said = Say(f"lead.{before.chat.version}", text, not_after=before.chat.ends_at)
    return Change(before.with_chat(lead=person.shown), (said,))

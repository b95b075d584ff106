"""A rehearsal: a copy of a chat, played sixty times as fast in the hosts' room alone."""

from dataclasses import replace
from datetime import timedelta

from bot.commands.declared import Context
from bot.core import runsheet, sentences, steering
from bot.core.model import Chat, Place, Question, Refused
from bot.core.state import Change, Running
from bot.storage.chats.runs import quickened
from bot.storage.store import Tx

SOON = timedelta(seconds=5)
"""After how long it starts, so that whoever asked can look there first."""


async def rehearse(ctx: Context, tx: Tx, chat: Chat) -> tuple[Running, Place]:
    """Store a quick copy of a chat, to be held in the hosts' room in a few seconds."""
    of = await tx.running(chat.id)
    if not of.questions:
        raise Refused(sentences.NO_QUESTIONS_YET)
    room = await _hosts_room(tx, of)
    series, starts = quickened(await tx.series(chat.series_id)), ctx.now + SOON
    copy = Chat(
        0, chat.series_id, chat.zone, starts, starts + series.length, topic=chat.topic, rehearsal=True
    )
    pace = runsheet.pace(series, len(of.questions))
    copy = await tx.add_chat(replace(copy, lead=ctx.person.shown, pace=pace))
    await tx.hold_in(copy, room, ctx.now)
    before = await tx.running(copy.id)
    asked = tuple(
        Question(0, number, q.text, final=q.final) for number, q in enumerate(of.questions, start=1)
    )
    change = Change(steering.replan(replace(before, questions=asked), ctx.now))
    return await tx.change(before, change, ctx.now), room


async def _hosts_room(tx: Tx, of: Running) -> Place:
    """The room where only hosts are, with nothing on there."""
    community = await tx.community(of.series.community_id)
    if community.hosts_place_id is None:
        raise Refused(sentences.NO_HOSTS_ROOM)
    held = await tx.coming_in(community.hosts_place_id)
    if any(chat.state.live or (chat.rehearsal and chat.state.ahead) for chat in held):
        raise Refused(sentences.REHEARSING)
    return await tx.place(community.hosts_place_id)

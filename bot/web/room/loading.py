"""Reads what a room's page shows: messages with what became of them, and the hosts' panel."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.core import sentences
from bot.core.first_steps import readers_of
from bot.core.model import Offer, Person
from bot.core.rooms import panel as room_panel
from bot.core.rooms.sheets import Hung, Stands, in_order, stands
from bot.core.sentences import bar as bar_sentences
from bot.core.sentences import sharing
from bot.core.state import Running
from bot.core.tongue import _
from bot.core.unsorted import suggestions
from bot.storage.doors.members import Membership
from bot.storage.rooms.reading import RoomFiling
from bot.storage.rooms.views import RoomMessage
from bot.storage.store import Tx
from bot.web.room.door import Door
from bot.web.room.view import TALK, Panel, Shown, Stage, shown, writers

MOST = 100
"""Messages of a thread, or of the conversation, that a page shows at once."""


@dataclass(frozen=True, slots=True)
class Filled:
    """What stands on a sheet; `earlier` is the first message of it where there may be more before."""

    messages: tuple[Shown, ...]
    earlier: int | None = None


async def sheet_of(tx: Tx, door: Door, root: int | None, before: int | None) -> Filled:
    """The newest messages of a question's sheet, or of the conversation, that this viewer may see."""
    who, key = door.viewer, str(root) if root is not None else TALK
    found = await tx.room_sheet(
        *(door.place.id, root), viewer=who.person.native_id, host=who.hosting, before=before, most=MOST
    )
    every = {one.message.id: one for one in await dressed(tx, door, found)}
    order = in_order({number: one.stands for number, one in every.items()}, key)
    return Filled(tuple(every[one] for one in order), found[0].id if len(found) >= MOST else None)


async def dressed(tx: Tx, door: Door, messages: Sequence[RoomMessage]) -> tuple[Shown, ...]:
    """Messages with what became of them."""
    ids = [one.id for one in messages]
    filings, where = await filed(tx, door.stage, ids)
    names = await named(tx, door, messages)
    mine = door.viewer.person.id
    return tuple(
        shown(door.stage, one, filings.get(one.id), names, where, own=one.person_id == mine)
        for one in messages
    )


async def filed(
    tx: Tx, stage: Stage, ids: Collection[int]
) -> tuple[Mapping[int, RoomFiling], Mapping[int, Stands]]:
    """What became of messages and all that they hang on, and where they stand because of it."""
    above = await tx.room_above(ids)
    filings = await tx.room_filings(stage.place.id, above)
    known = {
        one: Hung(thread, reply_to, _roots(stage, filings.get(one)))
        for one, (thread, reply_to) in above.items()
    }
    return filings, {one: stands(one, known) for one in {*ids, *known}}


def _roots(stage: Stage, filing: RoomFiling | None) -> tuple[int, ...]:
    """The messages that asked the questions under which something is filed, as far as they stand here."""
    questions = filing.questions if filing else ()
    return tuple(stage.roots[one] for one in questions if one in stage.roots)


async def named(tx: Tx, door: Door, messages: Sequence[RoomMessage]) -> dict[int, str]:
    """Who said what is replied to."""
    wanted = {one.reply_to_id for one in messages if one.reply_to_id} - {one.id for one in messages}
    others = await tx.room_snapshots(sorted(wanted))
    return writers([*messages, *(one.message for one in others.values() if one.message.only_for is None)])


async def panel(tx: Tx, stage: Stage) -> Panel | None:
    """What hosts can do with the chat that is on, and which messages may be answers."""
    if stage.state is None:
        offers = await _first_steps(tx, stage)
    elif stage.guest:
        muted = await tx.muted_in(stage.state.series.id, stage.place.id)
        offers = sharing.guest_offers(stage.state.series, stage.place, muted=muted)
    else:
        offers = room_panel.panel(stage.state)
    unsorted = await _unsorted(tx, stage.state) if stage.state and not stage.guest else ()
    hint = bar_sentences.may_be_answers(len(unsorted))
    shut_out = _shut_out(await tx.members(stage.community.id))
    return Panel(offers, unsorted, hint, shut_out) if offers or shut_out else None


def _shut_out(members: Iterable[tuple[Person, Membership]]) -> tuple[tuple[str, str, str], ...]:
    """Each mark of hosts on somebody: what takes it off, whose it is, which it is; those without a name last.

    These stand in the order of their keys: in that of names it would show whose they are.
    """
    held, banned = _(bar_sentences.HELD_BACK), _(bar_sentences.SHUT_OUT)
    by_name, nameless = list[tuple[str, str, str]](), list[tuple[str, str, str]]()
    for one, member in members:
        by_name += [(f"held {one.id}", one.name, held)] * member.held
        by_name += [(f"banned {one.id}", one.name, banned)] * member.banned
        for keys, what in ((member.held_nameless, held), (member.banned_nameless, banned)):
            nameless += [(f"nameless {key}", _(bar_sentences.NAMELESS), what) for key in keys]
    return (*by_name, *sorted(nameless))


async def _first_steps(tx: Tx, stage: Stage) -> tuple[Offer, ...]:
    community_id = stage.community.id
    set_up = await tx.installed(readers_of(community_id)) is not None
    return room_panel.first_steps(set_up=set_up, weekly_chats=await tx.count_series(community_id))


async def _unsorted(tx: Tx, state: Running) -> tuple[Offer, ...]:
    if not state.chat.asked:
        return ()
    found = suggestions(await tx.talk(state.chat.id), state.questions, await tx.answered(state.chat.id))
    return tuple(
        sentences.file_offer(
            *(state.series, one.question, one.talk.name, one.talk.text),
            f"answers move m{one.talk.message_id} {one.question.position} chat={state.chat.id}",
        )
        for one in found
    )

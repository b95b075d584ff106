"""Questions that moderators type themselves: noticed, shown to the hosts, made the chat's own."""

import re
from dataclasses import dataclass
from datetime import datetime

from bot.core import adopting, sentences, steering
from bot.core.hearing import Said
from bot.core.labels import reading as labels
from bot.core.labels.reading import Letters, Voice
from bot.core.labels.text import may_carry_label
from bot.core.may import role
from bot.core.model import Chat, Place, Refused, Role
from bot.core.plain import cut
from bot.core.running import question_subject
from bot.core.state import Change, Running
from bot.core.which import Which
from bot.storage.forgetting.unsaying import TYPED
from bot.storage.store import Tx

_SHOWN = 200
_ASKING = re.compile(
    r"^[\W_]{0,8}(?!a(?:nswer)?\s?[0-9])(?:final\b|[^\W\d_]{1,8}\s?[0-9])", re.IGNORECASE | re.MULTILINE
)
_ANSWERING = re.compile(r"[\W_]{0,8}a(?:nswer)?\s?[0-9][^\r\n]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Typed:
    """A stored message that may be a question."""

    place_id: int
    native_id: str
    text: str


async def ask_hosts(tx: Tx, place: Place, said: Said, message_id: int, now: datetime) -> None:
    """Show a host's own question to the hosts' room, once, with what it may be."""
    if not _worth_a_look(said):
        return
    chat = await tx.chat_here(place.id, Which.LIVE)
    if chat is None or not chat.state.live:
        return
    series, questions = await tx.series(chat.series_id), await tx.questions(chat.id)
    last = max((q.position for q in questions), default=0)
    reading = labels.read(said.text, Voice.MODERATOR, last, Letters.parse(series.letters))
    if reading.kind is labels.Kind.QUESTION and await _hosts(tx, place, said, chat):
        await _show(tx, place, said, await tx.running(chat.id), (message_id, reading.numbers[0]), now)


async def message(tx: Tx, chat: Chat, message_id: int) -> Typed:
    """The stored message of this chat with that number."""
    row = await tx.message(message_id)
    if row is None or row.chat_id != chat.id or row.deleted_at is not None:
        raise Refused(sentences.ANSWER_GONE)
    return Typed(row.place_id, row.platform_message_id, row.text)


def meant_as(before: Running, by: str, meant: str, text: str, now: datetime) -> Change:
    """What a chat becomes when a typed question is meant as one of its own, or as an extra one."""
    if meant.casefold() == "extra":
        return steering.ask_extra(before, by, text, now)
    number = meant.strip().lstrip("Qq#")
    if not re.fullmatch("[0-9]{1,3}", number, re.ASCII):
        raise Refused(sentences.MEANT_BAD)
    return adopting.adopt(before, by, int(number), text, now)


async def take_for_post(tx: Tx, state: Running, typed: Typed, now: datetime) -> None:
    """Let the moderator's message stand for the bot's post where it was typed."""
    asked = state.current
    if asked is not None:
        subject = question_subject(asked)
        await tx.said_by_person(state.chat.id, typed.place_id, subject, typed.native_id, now)


async def _hosts(tx: Tx, place: Place, said: Said, chat: Chat) -> bool:
    """Whether whoever typed it is a host of this chat, by power or by our books."""
    person = await tx.person(place.platform, said.author, place.community_id)
    standing = await tx.standing(person, place, said.author.power, chat.id)
    return role(standing, chat.id) >= Role.HOST


async def _show(
    tx: Tx, place: Place, said: Said, state: Running, which: tuple[int, int], now: datetime
) -> None:
    message_id, position = which
    waiting = any(q.position == position for q in state.waiting)
    text = sentences.typed_question(state.series, said.author.name, position, cut(said.text, _SHOWN))
    offers = sentences.typed_offers(state.series, state.chat, message_id, position, not waiting)
    community = await tx.community(state.series.community_id)
    key = TYPED.format(message=message_id)
    if community.hosts_place_id is not None:
        await tx.post(await tx.place(community.hosts_place_id), text, offers, key, now)
    else:
        await tx.whisper(place, said.author.native_id, text, offers, key, now)


def _worth_a_look(said: Said) -> bool:
    """Tell cheaply: most of what is heard carries no label, and most labels are participants' answers."""
    if said.author.power >= Role.HOST:
        return may_carry_label(said.text) and not _ANSWERING.fullmatch(said.text)
    return _ASKING.search(said.text) is not None

"""The one check at the end of an evening: everything once, in order, and under its question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from tests.faults.discord.ledger import KEYCAP, Room, Word
from tests.support.fake_discord.answers import words_of

Rows = Callable[..., list[tuple[Any, ...]]]

_HERE: Final = "SELECT id FROM place WHERE native_id = ?"
_STANDING: Final = f"""
    SELECT m.platform_message_id, m.text, m.said_at,
        (SELECT group_concat(q.position) FROM filing f JOIN question q ON q.id = f.question_id
         WHERE f.message_id = m.id)
    FROM message m WHERE m.place_id = ({_HERE}) AND m.deleted_at IS NULL ORDER BY m.said_at, m.id
"""
_UNSENT: Final = f"""
    SELECT state, action, subject, payload FROM outbox WHERE place_id = ({_HERE}) AND (state = 'waiting'
    OR (state IN ('failed', 'dropped') AND action NOT IN ('topic', 'entry') AND subject NOT LIKE 'q%.line'
    AND subject NOT IN ('announce', 'intro')
    AND subject NOT LIKE 'copy.%' AND subject NOT LIKE 'receipt.%'))
"""
_STATE: Final = f"""
    SELECT c.state FROM chat c JOIN series_place s ON s.series_id = c.series_id
    WHERE s.place_id = ({_HERE}) AND c.state NOT IN ('closed', 'tail')
"""


def complaints(room: Room, rows: Rows, questions: int) -> list[str]:
    """Say what is not as it should be in a room whose hour is over."""
    here = str(room.channel.id)
    found = [
        *(f"the chat is still {state}" for (state,) in rows(_STATE, here)),
        *(f"not sent: {row}" for row in rows(_UNSENT, here)),
        *_asking(room, questions),
        *_doubled(room),
        *_storing(room, rows(_STANDING, here)),
        *_copying(room),
        *_receipts(room),
        *_events(room),
    ]
    return [f"{room.name}: {one}" for one in found]


def storing(room: Room, rows: Rows) -> list[str]:
    """Say which words are not in our books as they stand in a room."""
    return [f"{room.name}: {one}" for one in _storing(room, rows(_STANDING, str(room.channel.id)))]


def _asking(room: Room, questions: int) -> Iterator[str]:
    if room.asked() != [*range(1, questions + 1)]:
        yield f"asked were {room.asked()}"
    posts = {one.id for _, one in room.questions()}
    if (threads := {one.id for one in room.threads()}) != posts:
        yield f"the questions {posts} have the threads {threads}"
    for number in room.asked():
        told, due = room.told_of(number)
        if told > 1 or (due and not told):
            yield f"the thread of Q{number - 1} says {told} times that Q{number} is out"
    pinned = [one.content for one in room.fake.world.pins(room.channel)]
    if len(pinned) != 1 or not pinned[0].startswith(f"Q{questions}: "):
        yield f"pinned are {pinned}"


def _doubled(room: Room) -> Iterator[str]:
    for channel in (room.channel, room.hosts, *room.threads()):
        said = Counter(words_of(one) for one in room.ours(channel))
        yield from (f"{times} times in {channel.name}: {text}" for text, times in said.items() if times > 1)


def _storing(room: Room, stored: list[tuple[Any, ...]]) -> Iterator[str]:
    said = [(one.id, one.text, str(one.number or "") or None) for one in room.standing()]
    kept = [(native_id, text, filed) for native_id, text, _, filed in stored]
    yield from (f"lost or elsewhere: {one}" for one in said if one not in kept)
    yield from (f"too much: {one}" for one in kept if one not in said)
    if sorted(said) == sorted(kept) and said != kept:
        yield "not in order"


def _copying(room: Room) -> Iterator[str]:
    """Each answer given elsewhere stands once in its question's thread, and in no other."""
    wanted = {one.id: one for one in room.ledger}
    for thread in room.threads():
        number = next((at for at, post in room.questions() if post.id == thread.id), 0)
        copies = [one.content for one in room.ours(thread)]
        for word in wanted.values():
            there = sum(f"/{word.id}" in copy for copy in copies)
            right = sum(f"/{word.id}" in copy and word.text in copy for copy in copies)
            due = int(word.number == number and word.how != "thread" and not word.gone)
            if (there, right) != (due, due):
                yield f"{right} of {there} copies in the thread of Q{number} of {_shown(word)}"


def _receipts(room: Room) -> Iterator[str]:
    me = room.fake.world.bot.id
    for word in room.standing():
        digits = sorted(emoji for emoji, users in word.message.reactions.items() if me in users)
        if digits != ([f"{word.number}{KEYCAP}"] if word.how == "label" else []):
            yield f"the digits {digits} on {_shown(word)}"


def _events(room: Room) -> Iterator[str]:
    names = [one.said.get("name") for one in room.fake.world.events.values() if one.guild_id == room.guild.id]
    if len(names) != 1:
        yield f"the calendar has {names}"


def _shown(word: Word) -> str:
    return f"{word.id} {word.text!r} ({word.how} Q{word.number}{', gone' * word.gone})"

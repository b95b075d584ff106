"""The one check at the end of an evening on Matrix: everything once, in order, and under its question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, Final

from bot.platforms.matrix.drawing import KEY
from tests.faults.matrix.ledger import Room

Rows = Callable[..., list[tuple[Any, ...]]]

_HERE: Final = "SELECT id FROM place WHERE native_id = ?"
_STANDING: Final = f"""
    SELECT m.platform_message_id, m.text,
        (SELECT group_concat(q.position) FROM filing f JOIN question q ON q.id = f.question_id
         WHERE f.message_id = m.id)
    FROM message m WHERE m.place_id = ({_HERE}) AND m.deleted_at IS NULL ORDER BY m.id
"""
_UNSENT: Final = f"""
    SELECT state, action, subject, payload FROM outbox WHERE place_id = ({_HERE}) AND (state = 'waiting'
    OR (state IN ('failed', 'dropped') AND action NOT IN ('topic', 'entry') AND subject NOT LIKE 'q%.line'
    AND subject NOT IN ('announce', 'intro') AND subject NOT LIKE 'receipt.%'))
"""
_STATE: Final = "SELECT state FROM chat WHERE state NOT IN ('closed', 'tail')"
_TWICE: Final = "SELECT platform_message_id FROM message GROUP BY 1 HAVING count(*) > 1"


def complaints(room: Room, rows: Rows, questions: int) -> list[str]:
    """Say what is not as it should be in a room whose hour is over."""
    return [
        *(f"the chat is still {state}" for (state,) in rows(_STATE)),
        *(f"not sent: {row}" for row in rows(_UNSENT, room.net.place.native_id)),
        *(f"stored twice: {row}" for row in rows(_TWICE)),
        *_asking(room, questions),
        *_doubled(room),
        *storing(room, rows),
        *_receipts(room),
    ]


def storing(room: Room, rows: Rows) -> list[str]:
    """Say which words are not in our books as they stand in the room."""
    stored = rows(_STANDING, room.net.place.native_id)
    said = [(one.id, one.text, str(one.number or "") or None) for one in room.standing()]
    found = [f"lost or elsewhere: {one}" for one in said if one not in stored]
    found += [f"too much: {one}" for one in stored if one not in said]
    bursts = {one.id: one.burst for one in room.standing()}
    order = [bursts[one] for one, *_ in stored if one in bursts]
    if order != sorted(order):  # what is said at once stands in any order, and differently for everybody
        found.append(f"not in order: {order}")
    return found


def _asking(room: Room, questions: int) -> Iterator[str]:
    if room.asked() != [*range(1, questions + 1)]:
        yield f"asked were {room.asked()}"
    last = [post for number, post in room.questions() if number == questions]
    if [room.net.pinned()] != last:
        yield f"pinned is {room.net.pinned()}, and the last question {last}"


def _doubled(room: Room) -> Iterator[str]:
    for what in (
        Counter(one.content.get(KEY) for one in room.ours()),
        Counter(one.body for one in room.ours()),
    ):
        yield from (f"{times} times: {one}" for one, times in what.items() if times > 1)


def _receipts(room: Room) -> Iterator[str]:
    me = room.net.me.user
    standing = {one.id: one for one in room.net.standing()}
    for word in room.standing():
        wanted = (str(word.number),) if word.how == "label" else ()
        if (digits := standing[word.id].digits(me)) != wanted:
            yield f"the digits {digits} on {word.text!r}, which is by {word.how}"

"""What must be so after every history, read from the rooms and from the database file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bot.core.actions import Action
from bot.core.grammar import command_text
from bot.core.hearing import Deleted, Edited, Said
from bot.core.model import Place
from bot.platforms.terminal.lines import Event, Posted
from tests.support.house import House

LIVE = ("open", "wrapping")
_QUESTION = re.compile(r"Q(\d+): ")


async def check(house: House) -> None:
    """Check everything."""
    places = [
        Place(*row) for row in house.rows("SELECT id, community_id, platform, native_id, name FROM place")
    ]
    for place in places:
        events = house.room(place).read(None).events
        posted_once(events)
        questions_once_in_order(house, place, events)
        all_heard(house, place, events)
        cursor_at_the_end(house, place, events)
    everything_sent(house)
    steps_settled(house)
    places_free(house)
    dropped_and_told(house)
    database_whole(house)


def posted_once(events: tuple[Event, ...]) -> None:
    """Every key of a post stands in a room once."""
    keys = [event.key for event in _posts(events)]
    assert len(keys) == len(set(keys)), "a key was posted twice"


def questions_once_in_order(house: House, place: Place, events: tuple[Event, ...]) -> None:
    """A chat's questions are posted with rising numbers, and none after its closing post."""
    chat_of = dict(house.rows("SELECT platform_message_id, chat_id FROM outbox WHERE place_id = ?", place.id))
    shown: dict[int, list[str]] = {}
    for event in _posts(events):
        assert event.id in chat_of or event.action is Action.WHISPER, (
            f"posted and not confirmed: {event.text}"
        )
        if event.action is Action.POST and event.target is None:
            shown.setdefault(chat_of[event.id], []).append(event.text)
    for chat, texts in shown.items():
        in_order(chat, place, texts)


def in_order(chat: int, place: Place, texts: list[str]) -> None:
    """What was posted of one chat: rising numbers, and none after its closing post."""
    numbers = [int(found[1]) for text in texts if (found := _QUESTION.match(text))]
    assert numbers == sorted(set(numbers)), f"chat {chat} asked {numbers} in {place.name}"
    ends = [k for k, text in enumerate(texts) if text.startswith("That was ")]
    asked = [k for k, text in enumerate(texts) if _QUESTION.match(text)]
    assert len(ends) <= 1
    assert not ends or not asked or max(asked) < ends[0], f"chat {chat} asked after its end"


def all_heard(house: House, place: Place, events: tuple[Event, ...]) -> None:
    """What was said in an hour is stored with its newest words, and what was deleted has none."""
    kept = stored(house, place)
    texts = {event.id: event.text for event in events if isinstance(event, Said)}
    gone = {event.id for event in events if isinstance(event, Deleted)}
    for event in events:
        if isinstance(event, Edited):
            texts[event.id] = event.text
    held = hours(house, place)
    for said in (event for event in events if isinstance(event, Said)):
        if command_text(said.text) is None and any(begin <= said.at <= end for begin, end in held):
            assert said.id in kept or said.id in gone, f"lost in {place.name}: {said}"
    for native_id, (text, html, revisions) in kept.items():
        wanted = "" if native_id in gone else texts[native_id]
        assert text == wanted, f"{native_id} in {place.name} is {text!r}, not {wanted!r}"
        assert native_id not in gone or (html is None and not revisions), f"{native_id} is not forgotten"


def cursor_at_the_end(house: House, place: Place, events: tuple[Event, ...]) -> None:
    """Everything people did was heard; with `all_heard`, the cursor has passed nothing unstored."""
    heard = [event for event in events if not isinstance(event, Posted)]
    found = house.rows("SELECT position FROM cursor WHERE place_id = ?", place.id)
    if heard:
        after = house.room(place).read(found[0][0]).events
        assert all(isinstance(event, Posted) for event in after), f"not heard in {place.name}: {after}"


def everything_sent(house: House) -> None:
    """Nothing waits in the outbox, and no command waits."""
    waiting = "SELECT subject, place_id, attempts, depends_on FROM outbox WHERE state = 'waiting'"
    assert not house.rows(waiting)
    assert not house.rows("SELECT text FROM handled_command WHERE handled_at IS NULL")


def steps_settled(house: House) -> None:
    """A step that was due is done or dropped, unless its chat is paused."""
    now = house.clock.now().replace(tzinfo=None).isoformat(" ")
    query = """SELECT chat.id, chat.state, kind, due_at FROM step JOIN chat ON chat.id = chat_id
        WHERE step.state = 'planned' AND due_at <= ? AND paused_at IS NULL"""
    assert not house.rows(query, now), "steps were due and are planned still"
    begun = "SELECT id FROM question WHERE state = 'asked' AND asked_at IS NULL"
    assert not house.rows(begun)
    shown = """SELECT question.chat_id, position FROM question LEFT JOIN outbox
        ON question_id = question.id AND outbox.state IN ('sent', 'dropped', 'failed')
        WHERE question.state = 'asked' AND outbox.id IS NULL"""
    assert not house.rows(shown), "questions count as asked and were posted nowhere"


def places_free(house: House) -> None:
    """A place is taken by the live chats and by no others."""
    live = set(house.rows("SELECT id FROM chat WHERE state IN ('open', 'wrapping')"))
    taken = set(house.rows("SELECT chat_id FROM chat_place WHERE live"))
    assert live == taken


def dropped_and_told(house: House) -> None:
    """The hosts read of every question that an outage took."""
    dropped = house.rows("SELECT chat_id, count(*) FROM question WHERE state = 'dropped' GROUP BY chat_id")
    told = "SELECT subject FROM outbox WHERE subject LIKE 'dropped.%' AND state = 'sent' AND chat_id = ?"
    for chat, count in dropped:
        numbers = [number for (subject,) in house.rows(told, chat) for number in subject.split(".")[2:]]
        assert len(numbers) >= count, f"{count} questions were dropped, and the hosts read of {numbers}"


def database_whole(house: House) -> None:
    """The file is sound."""
    assert house.rows("PRAGMA integrity_check") == [("ok",)]
    assert house.rows("PRAGMA foreign_key_check") == []


def _posts(events: tuple[Event, ...]) -> Iterator[Posted]:
    return (event for event in events if isinstance(event, Posted) and event.action.once)


def stored(house: House, place: Place) -> dict[str, tuple[Any, ...]]:
    """What the database keeps of what was said in a place: words, as a page, and how many earlier ones."""
    revisions = "(SELECT count(*) FROM message_revision WHERE message_id = message.id)"
    query = f"SELECT platform_message_id, text, body_html, {revisions} FROM message WHERE place_id = ?"
    return {row[0]: row[1:] for row in house.rows(query, place.id)}


def hours(house: House, place: Place) -> list[tuple[datetime, datetime]]:
    """When chats were held in a place."""
    query = """SELECT starts_at, ends_at FROM chat JOIN chat_place ON chat.id = chat_id
        WHERE place_id = ? AND state != 'cancelled'"""
    return [(_utc(begin), _utc(end)) for begin, end in house.rows(query, place.id)]


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)

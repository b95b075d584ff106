"""What was heard on Matrix as it stands in our books: filed, edited, erased, and confirmed by a tick."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Row, func, select

from bot.clock import SystemClock
from bot.core.actions import Action
from bot.core.hearing import Commanded, Deleted, Edited, Said
from bot.core.model import Place
from bot.storage.schema import tables as t
from bot.storage.store import Store
from tests.platforms.matrix.lives import at_once, in_its_hour, inbox, living, open_chat, seen
from tests.support.ears import NotingEars
from tests.support.synapse.people import People, Person

TICK = "✅"


async def rows_of(store: Store, place: Place) -> Sequence[Row[Any]]:
    async with store.read() as tx:
        query = select(t.message).where(t.message.c.place_id == place.id).order_by(t.message.c.id)
        return (await tx.connection.execute(query)).all()


async def count(store: Store, table: Any) -> int:
    async with store.read() as tx:
        return int((await tx.connection.execute(select(func.count()).select_from(table))).scalar_one())


async def reads(store: Store, place: Place, *texts: str) -> Sequence[Row[Any]]:
    """Wait until exactly these words are kept of a place."""

    async def so() -> Sequence[Row[Any]] | None:
        rows = await rows_of(store, place)
        return rows if [row.text for row in rows] == list(texts) else None

    return await seen(so)


async def test_b259_what_is_redacted_is_erased_with_all_its_edits(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with in_its_hour(bot, store, room) as (_, place):
        said = await ana.says(room, "A1: a hidden wish")
        await ana.edits(room, said, "A1: a bigger hidden wish")
        await reads(store, place, "A1: a bigger hidden wish")
        assert await count(store, t.filing) == 1
        await ana.redacts(room, said)
        (row,) = await reads(store, place, "")
    assert row.deleted_at is not None
    assert [await count(store, table) for table in (t.message_revision, t.filing)] == [0, 0]
    await store.scrub()
    folder = Path(str(store.url.database)).parent
    assert not [one.name for one in folder.glob("edchat.sqlite*") if b"hidden wish" in one.read_bytes()]


async def test_what_was_taken_back_after_a_fall_is_erased_though_it_is_told_as_if_never_said(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with in_its_hour(bot, store, room) as (life, place):
        noted = await seen(life.kept)
        said = await ana.says(room, "A1: a hidden wish")
        await reads(store, place, "A1: a hidden wish")
    async with store.begin() as tx:  # as if it had fallen before it could note how far it heard
        await tx.install(f"matrix.since.{bot.user}", noted)
    await ana.redacts(room, said)
    async with inbox(store) as ears, living(bot, store, ears):
        (row,) = await reads(store, place, "")
    assert row.deleted_at is not None


async def test_a_taken_back_edit_leaves_the_words_before_it(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with in_its_hour(bot, store, room) as (_, place):
        said = await ana.says(room, "A1: one")
        edit = await ana.edits(room, said, "A1: two")
        await reads(store, place, "A1: two")
        await ana.redacts(room, edit)
        await reads(store, place, "A1: one")


async def test_a_taken_back_digit_files_a_message_as_before_also_in_the_next_life(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        await life.place(room)
        said = await ana.says(room, "groups")
        sign = await ana.digits(room, said, 1)
        await life.has_noted(ana, room)
    await ana.redacts(room, sign)
    async with living(bot, store) as life:
        await life.is_through(ana, room)
        first = life.ears.heard()[0]
    assert (first.id, first.number, first.removed, first.author.native_id) == (said, 1, True, ana.user)


async def test_words_from_before_a_life_that_are_edited_now_are_heard_only_with_their_author(
    people: People, bot: Person, ana: Person, room: str, store: Store
) -> None:
    eve = await people("Eve")
    await eve.joins(room)
    async with living(bot, store) as life:
        place = await life.place(room)
        before = await ana.says(room, "talk")
        await life.has_noted(ana, room)
    async with living(bot, store) as life:
        await ana.edits(room, before, "A1: nobody listens")
        await life.is_through(ana, room)
        assert life.heard(Edited) == []
        await open_chat(store, place)
        await eve.edits(room, before, "A1: nonsense")
        await ana.edits(room, before, "A1: groups")
        (edited,) = await life.hears(Edited)
        (original,) = [one for one in life.heard(Said) if one.id == before]
    assert (edited.id, edited.text, edited.author.native_id) == (before, "A1: groups", ana.user)
    assert original.author == edited.author
    assert edited.said_at == original.at < edited.at


async def test_words_from_before_a_chat_are_none_of_its_own_when_they_are_edited(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with inbox(store) as ears, living(bot, store, ears) as life:
        place = await life.place(room)
        before = await ana.says(room, "long before")
        await open_chat(store, place, since=SystemClock().now())
        await ana.edits(room, before, "A1: smuggled in")
        await ana.says(room, "A1: mine")
        await reads(store, place, "A1: mine")


async def offers(store: Store, place: Place, native_id: str, person: str | None) -> None:
    """Note that a message of ours offered something."""
    async with store.begin() as tx:
        payload = {"text": "Really?", "offers": [["Do it", "series delete sure=yes", False]]}
        payload |= {"person": person} if person else {}
        now = SystemClock().now()
        row = {"place_id": place.id, "action": Action.WHISPER, "subject": "", "key": native_id, "urgency": 1}
        row |= {"payload": payload, "due_at": now, "state": "sent", "platform_message_id": native_id}
        await tx.connection.execute(t.outbox.insert().values(**row))


async def test_a_tick_on_what_the_bot_offered_is_the_command_of_whom_it_was_offered(
    people: People, bot: Person, ana: Person, room: str, store: Store
) -> None:
    eve = await people("Eve")
    await eve.joins(room)
    async with living(bot, store) as life:
        place = await life.place(room)
        asked = await bot.says(room, "Really?", msgtype="m.notice")
        await offers(store, place, asked, ana.user)
        await eve.reacts(room, asked, TICK)
        await bot.reacts(room, asked, TICK)
        await ana.reacts(room, await ana.says(room, "mine"), TICK)
        tick = await ana.reacts(room, asked, TICK)
        await life.is_through(ana, room)
        commands = life.heard(Commanded)
    assert [(one.id, one.text, one.author.native_id) for one in commands] == [
        (tick, "series delete sure=yes", ana.user)
    ]


async def test_a_tick_that_is_taken_off_at_once_counts_as_none(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        place = await life.place(room)
        asked = await bot.says(room, "Really?", msgtype="m.notice")
        await offers(store, place, asked, ana.user)
        async with at_once(life, ana, room):
            await ana.redacts(room, await ana.reacts(room, asked, TICK))
        await life.is_through(ana, room)
        assert life.heard(Commanded) == []


class Later(SystemClock):
    """The machine's clock, ten minutes on."""

    def now(self) -> datetime:
        """Give the machine's time, ten minutes on."""
        return super().now() + timedelta(minutes=10)

    def real(self) -> datetime:
        """Give the same."""
        return self.now()


async def test_a_command_typed_long_before_a_life_is_none_unless_a_chat_listens(
    bot: Person, ana: Person, room: str, store: Store
) -> None:
    async with living(bot, store) as life:
        place = await life.place(room)
    for attended in (False, True):
        await ana.says(room, f"!edchat chat next {attended}")
        if attended:
            await open_chat(store, place)
        async with living(bot, store, clock=Later()) as life:
            await life.is_through(ana, room)
            assert [one.text for one in life.heard(Commanded)] == (["chat next True"] if attended else [])


async def test_what_somebody_without_power_is_let_to_take_away_is_gone(
    people: People, bot: Person, ana: Person, room: str, store: Store
) -> None:
    eve = await people("Eve")
    await eve.joins(room)
    ears = NotingEars()
    async with living(bot, store, ears) as life:
        await life.place(room)
        said = await ana.says(room, "A1: mine")
        await life.hears(Said)
        levels = await ana.state(room, "m.room.power_levels")
        await ana.sets(room, "m.room.power_levels", levels | {"redact": 0})
        await eve.redacts(room, said)
        assert [one.id for one in await life.hears(Deleted)] == [said]

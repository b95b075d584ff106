"""What an open page of a room is told: by server-sent events, to each the part that is for their eyes."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import ClientResponse

from bot.core.model import Role
from tests.support.web_house import Browser
from tests.web.room_setting import Room, open_room, said, words


@dataclass(frozen=True, slots=True)
class Told:
    """One event as a browser gets it."""

    name: str
    data: str
    id: str = ""


@dataclass(slots=True)
class Ear:
    """One open page."""

    answer: ClientResponse

    async def next(self, *names: str, patience: float = 20) -> Told:
        """The next event with one of these names."""
        async with asyncio.timeout(patience):
            while (told := await self.any()) is None or (names and told.name not in names):
                assert told is None or told.name != "end", "the stream ended"
        return told

    async def told(self, wanted: str, *names: str) -> Told:
        """The next event with one of these names that says this; others may come before it."""
        while wanted not in words((told := await self.next(*names)).data):
            pass
        return told

    async def any(self) -> Told | None:
        """The next event, None for a mere sign of life; "end" when the stream is over."""
        fields: dict[str, list[str]] = {}
        while line := (await self.answer.content.readline()).decode().rstrip("\n"):
            name, _, value = line.partition(": ")
            fields.setdefault(name, []).append(value)
        if not fields and self.answer.content.at_eof():
            return Told("end", "")
        if "event" not in fields:
            return None
        return Told(fields["event"][0], "\n".join(fields.get("data", [])), "".join(fields.get("id", [])))


@pytest_asyncio.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_room(tmp_path, anonymous_answers=True) as opened:
        yield opened


@asynccontextmanager
async def listening(room: Room, who: Browser, after: int | None = None) -> AsyncIterator[Ear]:
    last = await last_event(room) if after is None else after
    url = f"{room.house.base}{room.at}events?after={last}"
    async with who.session.get(url) as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        yield Ear(answer)


async def last_event(room: Room) -> int:
    async with room.house.store.read() as tx:
        return await tx.room_last_event(room.house.place.id)


async def test_what_is_said_edited_and_taken_back_reaches_an_open_page(room: Room) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    async with listening(room, ben) as ear:
        assert "Q1 of 3" in (await ear.next("state")).data
        number = said(await room.says(ana, "Hello"))
        told = await ear.next("said")
        assert f'id="m{number}"' in told.data
        assert "Ana Hello" in words(told.data)
        await room.acts(ana, number, "edit", text="Hello there")
        await ear.told("Hello there", "edited")
        await room.acts(ana, number, "delete")
        assert (await ear.next("deleted")).data == str(number)


async def test_a_page_that_was_away_is_told_what_it_missed_and_nothing_twice(room: Room) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    async with listening(room, ben) as ear:
        await room.says(ana, "one")
        seen = await ear.next("said")
    await room.says(ana, "two")
    await room.says(ana, "three")
    async with ben.session.get(
        f"{room.house.base}{room.at}events?after=0", headers={"Last-Event-ID": seen.id}
    ) as answer:
        ear = Ear(answer)
        texts = [words((await ear.next("said")).data) for _ in range(2)]
    assert ["two" in texts[0], "three" in texts[1]] == [True, True]


async def test_a_page_that_was_away_for_long_loads_itself_again(room: Room) -> None:
    ana = await room.house.join("Ana")
    person, now = await room.house.person("Ana"), room.house.site.clock.now()
    async with room.house.store.begin() as tx:
        for number in range(501):
            await tx.room_say(room.house.place, person, Role.ANYONE, f"w{number}", "", now)
    async with listening(room, ana, after=0) as ear:
        assert (await ear.next("reload", "said")).name == "reload"


async def test_an_answer_of_the_bot_for_one_person_reaches_their_page_alone(room: Room) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    async with listening(room, ana) as hers, listening(room, ben) as his:
        await room.presses(ana, "privacy show")
        await room.says(ana, "After it")
        assert "Readers see you as Ana" in words((await hers.next("said")).data)
        assert "After it" in words((await his.next("said")).data)


async def test_tools_for_ones_own_words_are_drawn_for_their_writer_and_a_hosts_for_hosts(room: Room) -> None:
    ana, ben, root = await room.house.join("Ana"), await room.house.join("Ben"), await room.root(1)
    ears = [listening(room, who) for who in (ana, ben, room.host)]
    async with ears[0] as hers, ears[1] as his, ears[2] as hosts:
        await room.says(ana, "No name please", root, by_form="yes", anonymous="yes")
        own, other, steering = [(await ear.next("said")).data for ear in (hers, his, hosts)]
    assert ("Delete" in own, "Edit" in own, "answers hide" in own) == (True, True, False)
    assert ("Delete" in other, "Edit" in other, "answers hide" in other) == (False, False, False)
    assert ("Delete" in steering, ">Edit<" in steering, "answers hide" in steering) == (True, False, True)
    assert "Ana" not in words(other) + words(steering)
    person = await room.house.person("Ana")
    assert person.native_id not in other + steering


async def test_the_next_question_changes_the_top_of_every_page(room: Room) -> None:
    ana = await room.house.join("Ana")
    async with listening(room, ana) as ear:
        await ear.next("state")
        async with room.house.store.begin() as tx:
            state = await tx.running(room.chat_id)
            steered = state.with_chat(steered_by="", steered_at=None)
            await tx.save(state, steered, room.house.site.clock.now())
        await room.presses(room.host, f"chat next chat={room.chat_id} after=1")
        told = await ear.next("state")
        while "Q2 of 3" not in told.data or f'data-tab="{await room.root(2)}"' not in told.data:
            told = await ear.next("state")
        assert "What did not?" in words(told.data)
        assert "For hosts" not in told.data


async def test_where_a_message_is_filed_changes_on_every_page(room: Room) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    async with listening(room, ben) as ear:
        number = said(await room.says(ana, "We start with a story"))
        await ear.next("said")
        await room.until("select count(*) from message where text like 'We start%'", 1)
        line = f"answers move {number} 1 chat={room.chat_id}"
        await room.host.post(f"{room.at}m/{number}/", {"line": line})
        await ear.told("filed under Q1", "edited")


async def test_the_page_of_somebody_who_is_shut_out_is_told_nothing_more(room: Room) -> None:
    ana = await room.house.join("Ana")
    async with listening(room, ana) as ear:
        await ear.next("state")
        await room.acts(room.host, said(await room.says(ana, "Spam")), "ban")
        await ear.next("bye")
        secret = await room.says(room.host, "Not for her")
        assert secret.status == 303
        assert (await ear.any()) == Told("end", "")


async def test_held_words_reach_hosts_and_their_writer_alone_until_they_are_let_in(room: Room) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    await room.acts(room.host, said(await room.says(ana, "First")), "hold")
    async with listening(room, ben) as his, listening(room, room.host) as hosts:
        held = said(await room.says(ana, "Second"))
        await room.says(ben, "Third")
        assert "Second" in words((await hosts.next("said")).data)
        assert "Third" in words((await his.next("said")).data)
        await room.acts(room.host, held, "let-in")
        assert "Second" in words((await his.next("said")).data)


async def test_open_pages_end_when_the_bot_does(tmp_path: Path) -> None:
    async with open_room(tmp_path) as room:
        ana = await room.house.join("Ana")
        url = f"{room.house.base}{room.at}events?after=0"
        answer = await ana.session.get(url)
        await Ear(answer).next("state")
        room.house.site.ending = True
        room.house.site.bells.ring_all()
        async with asyncio.timeout(20):
            while await Ear(answer).any() != Told("end", ""):
                pass


async def test_one_person_may_not_open_a_room_without_end(room: Room) -> None:
    ana = await room.house.join("Ana")
    open_pages = []
    for _ in range(12):
        ear = Ear(await ana.session.get(f"{room.house.base}{room.at}events?after=0"))
        await ear.next()
        open_pages.append(ear)
    refused = await ana.get(f"{room.at}events?after=0")
    assert refused.status == 429
    for ear in open_pages:
        ear.answer.close()


async def test_words_filed_elsewhere_before_anybody_listens_move_on_the_page_that_was_loaded(
    room: Room,
) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    number = said(await room.says(ana, "We start with a story"))
    below = said(await room.says(ben, "So do we", reply=str(number)))
    await room.until("select count(*) from message", 2)
    loaded = await last_event(room)
    root = await room.root(1)
    [(filed,)] = await room.rows("select id from message where platform_message_id = :n", n=str(number))
    await room.presses(room.host, f"answers move m{filed} 1 chat={room.chat_id}")
    async with listening(room, ana, after=loaded) as ear:
        told: dict[int, str] = {}
        while len(told) < 2:
            one = await ear.next("edited")
            told[next(n for n in (number, below) if f'id="m{n}"' in one.data)] = one.data
    for data in told.values():
        assert f'data-sheets="{root} room"' in data
    assert "filed under Q1" in words(told[number])


async def test_a_page_that_was_loaded_before_its_words_were_filed_is_told_where_they_are(room: Room) -> None:
    ana = await room.house.join("Ana")
    loaded = await last_event(room)
    number = said(await room.says(ana, "A1: we start with a story"))
    await room.until("select count(*) from filing", 1)
    events = "select kind from room_event where message_id = :number order by id"
    assert (await room.rows(events, number=number))[:2] == [("said",), ("filed",)]
    async with listening(room, ana, after=loaded + 1) as ear:
        await ear.told("filed under Q1", "edited", "said")


async def test_a_page_that_saw_what_a_restored_copy_never_had_loads_itself_again(room: Room) -> None:
    ana = await room.house.join("Ana")
    async with listening(room, ana, after=await last_event(room) + 100) as ear:
        assert (await ear.any()) is None
        assert (await ear.any()) == Told("reload", "")


async def test_pages_that_close_while_they_are_read_for_leave_no_broken_connection(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    ana = await room.house.join("Ana")
    for moment in range(40):
        coming = asyncio.ensure_future(ana.session.get(f"{room.house.base}{room.at}events?after=0"))
        await asyncio.sleep(moment / 1000)
        if coming.done():
            coming.result().close()
        coming.cancel()
        await asyncio.sleep(0.02)
    gc.collect()
    assert "_terminate" not in caplog.text


async def test_a_room_speaks_another_language_as_soon_as_hosts_choose_it(room: Room) -> None:
    ana, ben = await room.house.join("Ana"), await room.house.join("Ben")
    async with listening(room, ana) as hers:
        assert "Q1 of 3" in words((await hers.next("state")).data)
        await room.presses(room.host, "house edit language=German")
        await hers.next("reload")
        async with listening(room, ben) as his:
            top = words((await his.next("state")).data)
            assert ("Q1 von 3" in top, "Gespräch" in top) == (True, True)
            await room.presses(room.host, f"chat end chat={room.chat_id} sure=yes")
            await his.told("Vorbei", "state")

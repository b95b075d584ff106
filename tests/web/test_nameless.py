"""Answers without a name: hosts act on them and never learn whose they are."""

from __future__ import annotations

import re
from pathlib import Path

from bot.core.sentences.bar import NAMELESS
from bot.core.sentences.desk import CANNOT_HOLD
from bot.core.sentences.room import NAMED_WHILE_HELD
from tests.web.room_setting import Room, open_room, said, words

_BACK_IN = re.compile(r'name="release" value="([^"]*)">Let <bdi>(.*?)</bdi> back in \((.*?)\)<')


async def kept_out(room: Room) -> list[tuple[str, str, str]]:
    """The buttons by which hosts let somebody back in: what is sent, and what they say."""
    return _BACK_IN.findall((await room.host.get(room.at)).text)


async def let_back_in(room: Room, key: str) -> None:
    """Press such a button."""
    assert (await room.host.post(f"{room.at}people", {"release": key}, follow=False)).status == 303


async def test_hosts_are_told_of_a_held_answer_but_not_whose_it_is(tmp_path: Path) -> None:
    async with open_room(tmp_path, anonymous_answers=True) as room:
        ana, root = await room.house.join("Aardvark"), await room.root(1)
        first = await room.says(ana, "I never managed it", root, by_form="yes", anonymous="yes")
        await room.acts(room.host, said(first), "hold")
        await room.says(ana, "Nor did I manage that", root, by_form="yes", anonymous="yes")
        await room.until("select count(*) from room_message where text like '%who is held%'", 1)
        hosts = f"/room/{room.house.hosts.native_id}/?thread=room"
        assert "Somebody, who is held, wrote in" in words((await room.host.get(hosts)).text)
        told = await room.rows("select payload from outbox where key like 'held.%'")
    assert "Aardvark" not in str(told)


async def test_who_is_held_by_name_answers_with_it(tmp_path: Path) -> None:
    async with open_room(tmp_path, anonymous_answers=True) as room:
        ana, root = await room.house.join("Aardvark"), await room.root(1)
        await room.presses(room.host, "room hold Aardvark")
        answer = await room.says(ana, "I never managed it", root, by_form="yes", anonymous="yes")
        assert answer.status != 303
        assert NAMED_WHILE_HELD in words(answer.text)
        assert not await room.rows("select 1 from room_message where text like '%never managed%'")
        assert (await room.says(ana, "I never managed it", root, by_form="yes")).status == 303


async def test_hosts_may_hold_back_or_shut_out_who_has_no_name_without_learning_it(tmp_path: Path) -> None:
    async with open_room(tmp_path, anonymous_answers=True) as room:
        ana, ben, root = await room.house.join("Aardvark"), await room.house.join("Ben"), await room.root(1)
        nameless = await room.says(ana, "I never managed it", root, by_form="yes", anonymous="yes")
        named = await room.says(ben, "hello all")
        for act, message in (("hold", said(nameless)), ("ban", said(nameless)), ("hold", said(named))):
            assert (await room.acts(room.host, message, act)).status == 303
        page = words((await room.host.get(room.at)).text)
        assert "Somebody who answered without a name" in page
        assert "Aardvark" not in page
        people = words((await room.presses(room.host, "room people")).text)
        assert "Held: Ben." in people
        assert "Banned:" not in people
        for act in ("release", "unban"):
            guessed = words((await room.presses(room.host, f"room {act} Aardvark")).text)
            assert re.search(r"Aardvark is not (held|banned)\.", guessed), "nobody learns it by trying names"
        assert (await room.says(ana, "again", root)).status != 303


async def test_a_host_who_answers_without_a_name_is_not_told_apart_by_who_would_hold_them_back(
    tmp_path: Path,
) -> None:
    async with open_room(tmp_path, anonymous_answers=True) as room:
        lea, root = await room.house.host("Lea"), await room.root(1)
        nameless = said(await room.says(lea, "I never managed it", root, by_form="yes", anonymous="yes"))
        for act in ("hold", "ban"):
            no = await room.acts(room.host, nameless, act)
            assert (no.status, CANNOT_HOLD in words(no.text)) == (422, True)
        line = f"answers hide {nameless} hold=yes chat={room.chat_id}"
        assert CANNOT_HOLD in words((await room.presses(room.host, line)).text)


async def test_who_tries_all_names_learns_not_who_is_shut_out_for_words_without_one(tmp_path: Path) -> None:
    async with open_room(tmp_path, anonymous_answers=True) as room:
        ana, root = await room.house.join("Aardvark"), await room.root(1)
        nameless = said(await room.says(ana, "I never managed it", root, by_form="yes", anonymous="yes"))
        for act in ("hold", "ban"):
            await room.acts(room.host, nameless, act)
            guessed = words((await room.presses(room.host, f"room {act} Aardvark")).text)
            assert not re.search(r"Aardvark is (held|banned) already", guessed)


async def test_each_mark_has_an_entry_and_nobody_sees_that_two_are_of_one_person(tmp_path: Path) -> None:
    async with open_room(tmp_path, anonymous_answers=True) as room:
        ana, root = await room.house.join("Aardvark"), await room.root(1)
        await room.house.join("Zebra")
        answer = said(await room.says(ana, "I never managed it", root, by_form="yes", anonymous="yes"))
        number = (await room.house.person("Aardvark")).id
        for act in ("hold", "ban"):
            await room.acts(room.host, answer, act)
            await room.presses(room.host, f"room {act} Aardvark")
            await room.presses(room.host, f"room {act} Zebra")
        entries = await kept_out(room)
        assert [entry[1:] for entry in entries[:4]] == [
            (name, what) for name in ("Aardvark", "Zebra") for what in ("held back", "shut out")
        ]
        assert sorted(entry[1:] for entry in entries[4:]) == [(NAMELESS, "held back"), (NAMELESS, "shut out")]
        keys = [entry[0] for entry in entries[4:]]
        assert keys == sorted(keys), "their order tells nothing"
        assert not any(key.endswith(f" {number}") for key in keys)
        for gone in entries[::-1]:
            await let_back_in(room, gone[0])
            await let_back_in(room, gone[0])  # a button that was pressed elsewhere already
            entries.remove(gone)
            assert await kept_out(room) == entries


async def test_two_answers_of_one_person_bring_as_many_entries_as_those_of_two(tmp_path: Path) -> None:
    async with open_room(tmp_path, anonymous_answers=True) as room:
        ana, ben, root = await room.house.join("Aardvark"), await room.house.join("Ben"), await room.root(1)
        answers = [
            said(await room.says(who, text, root, by_form="yes", anonymous="yes"))
            for who, text in ((ana, "Never managed it"), (ana, "Too many pupils"), (ben, "No time"))
        ]
        for number, answer in enumerate(answers, start=1):
            for _ in range(2):
                await room.acts(room.host, answer, "hold")
            entries = await kept_out(room)
            assert [entry[1:] for entry in entries] == [(NAMELESS, "held back")] * number
        for left, (key, *_) in reversed([*enumerate(await kept_out(room))]):
            await let_back_in(room, key)
            assert len(await kept_out(room)) == left


async def test_letting_go_by_name_or_without_lets_in_what_was_said_so(tmp_path: Path) -> None:
    async with open_room(tmp_path, anonymous_answers=True) as room:
        ana, ben, root = await room.house.join("Aardvark"), await room.house.join("Ben"), await room.root(1)

        async def answers(text: str) -> int:
            return said(await room.says(ana, text, root, by_form="yes", anonymous="yes"))

        async def seen() -> list[str]:
            sheets = [(await ben.get(f"{room.at}?thread={one}")).text for one in ("room", root)]
            return [word for word in ("badgers", "foxes", "otters", "owls") if word in "".join(sheets)]

        first = await answers("I never managed it")
        await room.acts(room.host, first, "hold")
        await room.says(ana, "badgers")
        assert await seen() == ["badgers"], "nothing under their name shows that they are held"
        await room.presses(room.host, "room hold Aardvark")
        await answers("foxes")
        await room.says(ana, "otters")
        assert await seen() == ["badgers"]
        await room.presses(room.host, "room release Aardvark")
        assert await seen() == ["badgers", "otters"], "what they said without a name would show whose it is"
        await answers("owls")
        await room.acts(room.host, first, "ban")
        keys = {what: key for key, name, what in await kept_out(room) if name == NAMELESS}
        await let_back_in(room, keys["shut out"])
        assert await seen() == ["badgers", "otters"], "that the other mark is of the same person is not shown"
        await let_back_in(room, keys["held back"])
        assert await seen() == ["badgers", "foxes", "otters", "owls"]


async def test_who_is_held_without_a_name_changes_no_answer_that_stands_without_one(tmp_path: Path) -> None:
    async with open_room(tmp_path, anonymous_answers=True) as room:
        ana, root = await room.house.join("Aardvark"), await room.root(1)
        answer = said(await room.says(ana, "I never managed it", root, by_form="yes", anonymous="yes"))
        named = said(await room.says(ana, "badgers"))
        await room.acts(room.host, answer, "hold")
        assert (await room.acts(ana, answer, "edit", text="Buy stamps")).status == 422
        assert (await room.acts(ana, named, "edit", text="foxes")).status == 303


async def test_what_cannot_be_done_to_who_has_no_name_is_said_of_both(tmp_path: Path) -> None:
    async with open_room(tmp_path, anonymous_answers=True) as room:
        lea, root = await room.house.host("Lea"), await room.root(1)
        nameless = said(await room.says(lea, "I never managed it", root, by_form="yes", anonymous="yes"))
        for act in ("hold", "ban"):
            told = words((await room.acts(room.host, nameless, act)).text)
            assert "cannot be held back or shut out; hide this message alone" in told

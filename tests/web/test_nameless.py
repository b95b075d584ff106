"""Answers without a name: hosts act on them and never learn whose they are."""

from __future__ import annotations

import re
from pathlib import Path

from bot.core.sentences.desk import CANNOT_HOLD
from tests.web.room_setting import open_room, said, words


async def test_hosts_are_told_of_a_held_answer_but_not_whose_it_is(tmp_path: Path) -> None:
    async with open_room(tmp_path, anonymous_answers=True) as room:
        ana, root = await room.house.join("Aardvark"), await room.root(1)
        async with room.house.store.begin() as tx:
            who = await room.house.person("Aardvark")
            await tx.hold(room.house.community.id, who.id, room.house.site.clock.real())
        await room.says(ana, "I never managed it", root, by_form="yes", anonymous="yes")
        await room.until("select count(*) from room_message where text like '%who is held%'", 1)
        hosts = f"/room/{room.house.hosts.native_id}/?thread=room"
        assert "Somebody, who is held, wrote in" in words((await room.host.get(hosts)).text)
        told = await room.rows("select payload from outbox where key like 'held.%'")
    assert "Aardvark" not in str(told)


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

"""The archive by talking: links for those who may read, publishing, who may read, files and feeds."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.commands import Asker, Reply
from bot.core import sentences
from bot.core.audience import Audience, Reads
from bot.core.model import Person, Role, Series, Visibility
from bot.storage.doors.secrets import SecretKind
from cogs.answers import Answers
from cogs.archive import Archive
from tests.support.parlour import Parlour, parlour

BASE = "https://chat.example"
READERS = {
    "off": "Nobody",
    "members": "Members",
    "link": "Whoever has the link",
    "public": "Everybody",
}


async def opened(room: Parlour, minutes: float = 70) -> None:
    async with room.store.begin() as tx:
        await tx.install("address", BASE)
        await tx.give_addresses()
    await room.evening.until(minutes)


def series(visibility: str, **fields: Any) -> Series:
    return Series(0, 1, "Thursday Chat", "#edchat", visibility=Visibility(visibility), **fields)


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Parlour]:
    async with parlour(tmp_path, Answers(), Archive(), series=series("members")) as made:
        await opened(made)
        yield made


async def says(
    room: Parlour, line: str, power: Role = Role.ANYONE, who: str = "Ana", place: Any = None
) -> Reply:
    """A member of another network types a command; every offer of the reply works."""
    person = replace(await room.joins(who), platform="discord")
    reply = await room.evening.tree.answer(Asker(person, place or room.place, power), line)
    for offer in reply.offers:
        room.evening.tree.check(offer)
    return reply


async def published(room: Parlour) -> bool:
    [row] = await room.evening.rows("SELECT published_at FROM chat WHERE id = :id", id=room.evening.chat.id)
    return row.published_at is not None


async def readable(room: Parlour, audience: Audience) -> bool:
    async with room.store.read() as tx:
        return await tx.chat_page(room.evening.chat.id, audience) is not None


async def test_a_chat_is_published_when_its_hour_is_over(tmp_path: Path) -> None:
    async with parlour(tmp_path, Archive(), series=series("public")) as room:
        await opened(room, 59)
        assert not await published(room)
        assert await readable(room, Audience(1))
        await room.evening.until(61)
        assert await published(room)
        assert await readable(room, Audience(1))


async def test_hosts_keep_a_page_until_they_publish_it(tmp_path: Path) -> None:
    kept = series("public", publish_at_once=False)
    async with parlour(tmp_path, Answers(), Archive(), series=kept) as room:
        await opened(room, 30)
        assert (await says(room, "archive publish", Role.HOST)).text.startswith("No chat here")
        assert not await readable(room, Audience(1))
        await room.evening.until(70)
        assert not await readable(room, Audience(1))
        assert await readable(room, Audience(1, Reads.HOSTS))
        [panel] = await room.evening.rows("SELECT payload FROM outbox WHERE subject = 'panel'")
        assert "archive publish chat=" in panel.payload
        assert (
            await says(room, "archive link")
        ).text == "Thursday Chat is not published yet; its hosts see it already."
        assert (await says(room, "archive publish")).refused
        reply = await says(room, "archive publish", Role.HOST)
        assert reply.text == "Thursday Chat is published. Everybody can read it."
        assert await readable(room, Audience(1))
        assert (await says(room, "archive publish", Role.HOST)).text == "Thursday Chat is published already."
        assert (await says(room, reply.offers[0].line, Role.HOST)).text.endswith(
            "is with its hosts alone again."
        )
        assert not await readable(room, Audience(1))
        assert (await says(room, "archive unpublish", Role.HOST)).refused


@pytest.mark.parametrize("hides", ["archive unpublish", "archive visibility off"])
async def test_hosts_on_other_networks_are_led_to_the_desk_by_what_no_link_opens(
    room: Parlour, hides: str
) -> None:
    assert not (await says(room, hides, Role.HOST)).refused
    reply = await says(room, "archive link", Role.HOST)
    assert (reply.refused, reply.text) == (
        True,
        "Only hosts read Thursday Chat now; they see it at the desk, to which `desk` leads.",
    )
    assert await room.evening.rows("SELECT * FROM secret WHERE kind = 'reading'") == []


async def test_members_get_a_link_of_their_own_that_opens_once(room: Parlour) -> None:
    reply = await says(room, "archive link")
    assert reply.private
    token = reply.text.partition(f"{BASE}/in/")[2].split()[0]
    async with room.store.begin() as tx:
        now = room.evening.clock.real()
        secret = await tx.use_secret(token, SecretKind.READING, now)
        assert secret is not None
        assert secret.series_id == room.evening.chat.series_id
        assert await tx.use_secret(token, SecretKind.READING, now) is None
    assert token not in (await says(room, "archive link")).text


async def test_holders_of_the_link_and_everybody_get_what_they_may_pass_on(room: Parlour) -> None:
    await room.evening.rows("SELECT 1")
    for told in ("link", "public"):
        async with room.store.begin() as tx:
            changed = await tx.set_visibility(await tx.series(1), Visibility(told))
            await tx.connection.execute(text("UPDATE chat SET told = :t WHERE told IS NOT NULL"), {"t": told})
            secret = await tx.link_secret(changed.id)
        reply = await says(room, "archive link")
        path = f"/l/{secret}/2026-11-24" if told == "link" else "/edhouse/edchat/2026-11-24/"
        assert f"{BASE}{path}" in reply.text.splitlines()[0]


async def test_those_in_the_browser_are_signed_in_already(room: Parlour) -> None:
    person = await room.joins("Ben")
    asker = Asker(person, room.place, Role.ANYONE)
    reply = await room.evening.tree.answer(asker, "archive link")
    assert reply.text == f"Thursday Chat: {BASE}/edhouse/edchat/2026-11-24/"
    async with room.store.begin() as tx:
        await tx.set_visibility(await tx.series(1), Visibility.LINK)
        await tx.connection.execute(text("UPDATE chat SET told = 'link' WHERE told IS NOT NULL"))
        secret = await tx.link_secret(1)
    passed_on = await room.evening.tree.answer(asker, "archive link")  # to people who are not
    assert passed_on.text.splitlines()[0] == f"Thursday Chat: {BASE}/l/{secret}/2026-11-24"


async def test_where_nothing_is_kept_no_link_is_promised(tmp_path: Path) -> None:
    async with parlour(tmp_path, Archive(), series=series("off")) as room:
        await opened(room)
        reply = await says(room, "archive link")
        assert (
            reply.text
            == "Nothing of Thursday Chat is kept for reading: answers are erased when late answers end."
        )
        assert (await says(room, "archive feed")).text == reply.text
        assert (await says(room, "archive publish", Role.HOST)).text.startswith(
            "Nobody may read Thursday Chat"
        )
        for reads in (Reads.PUBLIC, Reads.MEMBERS):
            assert not await readable(room, Audience(1, reads))


async def test_without_pages_there_is_no_archive_to_open(tmp_path: Path) -> None:
    async with parlour(tmp_path, Archive(), series=series("members")) as room:
        await room.evening.until(70)
        for line in ("archive link", "archive feed"):
            assert (await says(room, line)).text == "This bot shows no pages, so there is no archive to open."
        assert (await says(room, "archive link chat=999")).refused


async def test_visibility_is_shown_and_said(room: Parlour) -> None:
    assert (await says(room, "archive visibility", Role.HOST)).text == (
        "Thursday Chat: Members can read its chats afterwards."
    )
    assert (await says(room, "archive visibility link")).refused
    for choice, told in READERS.items():
        reply = await says(room, f"archive visibility {choice}", Role.HOST)
        assert reply.text.startswith(f"Thursday Chat: {told} ")
        assert "your answers" not in reply.text
    async with room.store.read() as tx:
        assert (await tx.series(1)).visibility is Visibility.PUBLIC


@pytest.mark.parametrize(
    ("readers", "older"),
    [
        (("public",), sentences.VISIBILITY_OLDER),
        (("public", "link"), sentences.VISIBILITY_OLDER_CLOSES),
        (("link", "members"), sentences.VISIBILITY_OLDER_CLOSES),
    ],
)
async def test_what_is_said_of_older_words_is_true_in_both_directions(
    room: Parlour, readers: tuple[str, ...], older: str
) -> None:
    told = [await says(room, f"archive visibility {one} sure=yes", Role.HOST) for one in readers]
    assert older in told[-1].text.splitlines()


async def test_a_room_that_was_told_otherwise_is_opened_only_when_one_is_sure(room: Parlour) -> None:
    async with room.store.begin() as tx:
        await tx.connection.execute(text("UPDATE place SET openness = 'link'"))
    await room.joins("Ben")
    reply = await says(room, "archive visibility public", Role.HOST)
    assert reply.text.startswith("People in edchat were told that only those with the link can read along.")
    async with room.store.read() as tx:
        assert (await tx.series(1)).visibility is Visibility.MEMBERS
        assert await tx.openness(room.place.id) is Visibility.LINK
    done = await says(room, reply.offers[0].line, Role.HOST)
    assert done.text.endswith("What was said before stays as open as people were told then.")
    async with room.store.read() as tx:
        assert await tx.openness(room.place.id) is Visibility.PUBLIC
        assert await tx.openness(room.evening.hosts.id) is Visibility.LINK
    assert not await readable(room, Audience(1))
    assert await readable(room, Audience(1, Reads.MEMBERS))


async def test_a_leaked_reading_link_is_made_anew_by_hosts_alone(room: Parlour) -> None:
    assert "is not read by a link" in (await says(room, "archive link new=yes", Role.HOST)).text
    async with room.store.begin() as tx:
        await tx.set_visibility(await tx.series(1), Visibility.LINK)
        old = await tx.link_secret(1)
    assert (await says(room, "archive link new=yes")).text.startswith("Only its hosts")
    reply = await says(room, "archive link new=yes", Role.HOST)
    assert reply.private
    new = reply.text.partition(f"{BASE}/l/")[2].split()[0]
    async with room.store.read() as tx:
        assert await tx.series_held([old], 1) == frozenset()
        assert await tx.series_held([new], 1) == {1}


async def test_files_are_for_hosts_and_found_from_the_hosts_room(room: Parlour) -> None:
    assert (await says(room, "archive export")).refused
    reply = await says(room, "archive export", Role.HOST, place=room.evening.hosts)
    page = f"{BASE}/edhouse/edchat/2026-11-24/"
    assert reply.text.splitlines()[1:] == [f"{page}chat.json", f"{page}chat.md", f"{page}chat.csv"]


async def test_feeds_that_are_not_public_carry_a_key_that_can_be_ended(room: Parlour) -> None:
    reply = await says(room, "archive feed")
    feed, calendar = reply.text.splitlines()[:2]
    assert feed.startswith(f"{BASE}/edhouse/edchat/feed.atom?key=")
    assert calendar.startswith(f"{BASE}/edhouse/edchat/calendar.ics?key=")
    key, now = feed.partition("?key=")[2], room.evening.clock.real()
    async with room.store.read() as tx:
        assert await tx.secret(key, SecretKind.FEED, now) is not None
    await says(room, "archive feed revoke=yes", who="Ben")
    async with room.store.read() as tx:
        assert await tx.secret(key, SecretKind.FEED, now) is not None
    assert (await says(room, "archive feed revoke=yes")).text.startswith("Your feed addresses open nothing")
    async with room.store.read() as tx:
        assert await tx.secret(key, SecretKind.FEED, now) is None
    async with room.store.begin() as tx:
        await tx.set_visibility(await tx.series(1), Visibility.PUBLIC)
    assert "key=" not in (await says(room, "archive feed")).text


async def test_a_rehearsal_is_never_published(room: Parlour) -> None:
    async with room.store.begin() as tx:
        await tx.connection.execute(text("UPDATE chat SET rehearsal = 1, published_at = NULL"))
    for reads in Reads:
        assert not await readable(room, Audience(1, reads))
    person = Person(1, "discord", "x", "X")
    reply = await room.evening.tree.answer(Asker(person, room.place, Role.HOST), "archive publish")
    assert reply.refused

"""Answers by form through a room: filed where the form stood, and without a name where that is offered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.hearing import Author, Edited
from bot.core.model import Refused, Series
from tests.support.evening import Evening, evening

NAMELESS = Series(0, 1, "Thursday Chat", "#edchat", anonymous_answers=True)


@pytest.fixture(params=("terminal", "browser"))
async def room(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Evening]:
    async with evening(tmp_path, rooms=request.param) as opened:
        await opened.until(15)
        yield opened


@pytest.fixture(params=("terminal", "browser"))
async def nameless(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Evening]:
    async with evening(tmp_path, series=NAMELESS, rooms=request.param) as opened:
        await opened.until(15)
        yield opened


async def posted(room: Evening, number: int) -> str:
    """The native id of a question's post."""
    found = await room.rows(
        "SELECT o.platform_message_id FROM outbox o JOIN question q ON q.id = o.question_id"
        " WHERE q.position = :number AND o.action = 'post'",
        number=number,
    )
    return str(found[0][0])


async def test_it_is_filed_where_the_form_stood_whatever_it_says(room: Evening) -> None:
    thread = await posted(room, 1)
    said = await room.says("ana", "A2: that is how my answer begins", thread=thread, by_form=True)
    bare = await room.says("ben", "novels", thread=thread, by_form=True)
    assert await room.filed(said) == await room.filed(bare) == [(1, "form")]
    assert (await room.message(said)).why == "given by form"
    by = "SELECT p.name FROM filing f JOIN person p ON p.id = f.by_person_id ORDER BY p.name"
    assert await room.rows(by) == [("Ana",), ("Ben",)]


async def test_an_edit_leaves_it_there(room: Evening) -> None:
    said = await room.says("ana", "novels", thread=await posted(room, 1), by_form=True)
    await room.hear(Edited(said, Author("ana", "Ana"), "A2: comics", room.clock.at))
    assert (await room.message(said)).text == "A2: comics"
    assert await room.filed(said) == [(1, "form")]


async def test_the_same_words_typed_in_the_thread_follow_their_label(room: Evening) -> None:
    said = await room.says("ana", "A2: comics", thread=await posted(room, 1))
    assert await room.filed(said) == [(2, "label")]


async def test_it_has_no_name_where_the_weekly_chat_allows_that(nameless: Evening) -> None:
    thread = await posted(nameless, 1)
    said = await nameless.says("ana", "novels", thread=thread, by_form=True, anonymous=True)
    named = await nameless.says("ana", "comics", thread=thread, by_form=True)
    assert (await nameless.message(said)).anonymous
    assert not (await nameless.message(named)).anonymous


async def test_it_has_a_name_where_the_weekly_chat_wants_names(room: Evening) -> None:
    thread = await posted(room, 1)
    if room.place.platform == "browser":
        with pytest.raises(Refused, match="Answers here carry a name"):
            await room.says("ana", "novels", thread=thread, by_form=True, anonymous=True)
        assert await room.rows("SELECT * FROM message") == []
    else:
        said = await room.says("ana", "novels", thread=thread, by_form=True, anonymous=True)
        assert not (await room.message(said)).anonymous

"""Stored words come to look as they do on a page, once, with names of those who may be named."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot import markup, rendering
from bot.core.hearing import Author, Deleted, Edited, Said
from bot.rendering import Renderer
from cogs.answers import Answers
from cogs.privacy import Privacy
from tests.support.bad_inputs import case
from tests.support.evening import Evening, evening

ANN = Author("123", "Ann")
BOB = Author("456", "Bob")


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Evening]:
    async with evening(tmp_path, Privacy()) as opened:
        await opened.until(7)
        await opened.hear(Said("a", ANN, "A1: novels", opened.clock.at))
        yield opened


async def say(room: Evening, native_id: str, text: str, author: Author = BOB) -> None:
    await room.hear(Said(native_id, author, text, room.clock.at))


async def rendered(room: Evening, native_id: str) -> Any:
    renderer = Renderer(room.store)
    while await renderer.render_some():
        pass
    return (await room.message(native_id)).body_html


async def version(room: Evening) -> int:
    rows = await room.rows("SELECT version FROM chat WHERE id = :id", id=room.chat.id)
    return int(rows[0].version)


async def test_words_get_their_html_a_public_name_and_a_fresh_page(room: Evening) -> None:
    before = await version(room)
    assert await rendered(room, "a") == "<p>A1: novels</p>\n"
    stored = await room.message("a")
    assert len(stored.public_id) == 10
    assert set(stored.public_id) <= set("23456789bcdfghjkmnpqrstvwxz")
    assert (stored.render_version, await version(room)) == (markup.VERSION, before + 1)


async def test_b250_a_file_stands_on_the_page_by_its_name_and_never_as_a_picture_that_breaks(
    room: Evening,
) -> None:
    assert case("B250").expect.endswith("never a broken <img>")
    files = ("<b>.png (31 kB): our wall", "plan.pdf (2 kB)")
    await room.hear(Said("f", BOB, "A1: look", room.clock.at, attachments=files))
    await room.hear(Said("g", BOB, "", room.clock.at, thread="q1", attachments=files[1:]))
    assert await rendered(room, "f") == (
        "<p>A1: look</p>\n<p>File: &lt;b&gt;.png (31 kB): our wall</p>\n<p>File: plan.pdf (2 kB)</p>\n"
    )
    assert await rendered(room, "g") == "<p>File: plan.pdf (2 kB)</p>\n"


async def test_a_public_name_outlives_an_edit_and_a_new_look(room: Evening) -> None:
    await rendered(room, "a")
    name = (await room.message("a")).public_id
    await room.hear(Edited("a", ANN, "A1: *comics*", room.clock.at))
    assert (await room.message("a")).body_html is None
    assert await rendered(room, "a") == "<p>A1: <em>comics</em></p>\n"
    assert (await room.message("a")).public_id == name


async def test_what_an_earlier_version_rendered_is_rendered_anew_after_a_start(room: Evening) -> None:
    await rendered(room, "a")
    await room.hear(Deleted("gone", room.clock.at))
    async with room.store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE message SET render_version = 1, body_html = 'old'")
    renderer = Renderer(room.store)
    await renderer.outdate()
    assert (await room.message("a")).body_html == "old"
    assert await renderer.render_some() == 1
    assert (await room.message("a")).body_html == "<p>A1: novels</p>\n"
    assert await renderer.render_some() == 0


async def leave_out(room: Evening) -> None:
    """Ann asks to be left out."""
    async with room.store.begin() as tx:
        ann = await tx.person("terminal", ANN, room.place.community_id)
        await tx.set_consent(ann.id, room.place.community_id, room.clock.at, excluded_at=room.clock.at)


@asynccontextmanager
async def running(room: Evening) -> AsyncIterator[tuple[Renderer, asyncio.Event]]:
    """A renderer at work, and what is set at each commit."""
    renderer, changed = Renderer(room.store), asyncio.Event()
    room.store.committed.append(lambda _: changed.set())
    task = asyncio.create_task(renderer.run())
    yield renderer, changed
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def shows(room: Evening, native_id: str, words: str, changed: asyncio.Event) -> None:
    """Wait until a message looks so."""
    async with asyncio.timeout(10):
        while words not in ((await room.message(native_id)).body_html or ""):
            await changed.wait()
            changed.clear()


async def test_an_answer_by_form_is_drawn_at_once_though_nothing_else_is_heard(tmp_path: Path) -> None:
    async with evening(tmp_path, Answers()) as room:
        await room.until(7)
        async with running(room) as (_, changed):
            await room.asks("ana", "answer 1 novels", id_="press.5")
            await shows(room, "form:press.5", "novels", changed)


async def test_it_renders_whenever_it_is_woken(room: Evening) -> None:
    async with running(room) as (renderer, changed):
        await shows(room, "a", "novels", changed)
        await say(room, "b", "A1: comics")
        renderer.wake()
        await shows(room, "b", "comics", changed)


async def test_it_renders_anew_what_any_commit_changed(room: Evening) -> None:
    await say(room, "b", "I agree with <@123>")
    async with running(room) as (_, changed):
        await shows(room, "b", "@Ann", changed)
        await leave_out(room)
        await shows(room, "b", "@unknown", changed)


async def test_b282_those_known_here_are_named_and_strangers_are_not(room: Evening) -> None:
    assert "else @unknown" in case("B282").expect
    async with room.store.begin() as tx:
        await tx.person("terminal", Author("789", "Stranger"), room.place.community_id)
        await tx.add_place(room.place.community_id, "terminal", "55", "lounge")
        elsewhere = await tx.add_community("Elsewhere", "UTC")
        await tx.add_place(elsewhere.id, "terminal", "66", "secret room")
    await say(room, "b", "<@123> <@!123> <@789> <#55> <#66>")
    shown = await rendered(room, "b")
    assert shown.count("@Ann<") == 2
    assert shown.count("@unknown<") == 1
    assert "#lounge<" in shown
    assert "#unknown<" in shown


async def test_who_is_left_out_is_unnamed_at_once_and_stays_so(room: Evening) -> None:
    await say(room, "b", "I agree with <@123>")
    assert "@Ann" in await rendered(room, "b")
    before = await version(room)
    await leave_out(room)
    assert (await room.message("b")).body_html is None
    assert await version(room) > before
    assert await rendered(room, "b") == '<p>I agree with <span class="mention">@unknown</span></p>\n'


async def test_a_chosen_name_replaces_the_own_one_also_in_what_others_said(room: Evening) -> None:
    await say(room, "b", "I agree with <@123>")
    await rendered(room, "b")
    await room.asks("123", 'privacy name pseudonym="Reader 12"')
    shown = await rendered(room, "b")
    assert "@Reader 12<" in shown
    assert "Ann" not in shown


class Held(ThreadPoolExecutor):
    """A worker that waits until it is let go."""

    def __init__(self) -> None:
        super().__init__(1)
        self.came, self.go = threading.Event(), threading.Event()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Do the work once it may be done."""
        self.came.set()
        return super().submit(lambda: self.go.wait() and fn(*args, **kwargs))


async def test_who_is_left_out_while_their_name_is_being_rendered_is_not_named(room: Evening) -> None:
    await say(room, "b", "I agree with <@123>")
    with Held() as worker:
        renderer = Renderer(room.store, worker)
        rendering = asyncio.create_task(renderer.render_some())
        await asyncio.to_thread(worker.came.wait, 10)
        await leave_out(room)
        worker.go.set()
        assert await rendering == 2
        assert (await room.message("b")).body_html is None
        await renderer.render_some()
    assert "@unknown" in (await room.message("b")).body_html


async def test_words_taken_back_while_they_are_rendered_stay_away(room: Evening) -> None:
    with Held() as worker:
        renderer = Renderer(room.store, worker)
        rendering = asyncio.create_task(renderer.render_some())
        await asyncio.to_thread(worker.came.wait, 10)
        await room.hear(Deleted("a", room.clock.at))
        worker.go.set()
        await rendering
    assert (await room.message("a")).body_html is None
    assert await renderer.render_some() == 0


async def test_words_that_cannot_be_rendered_stand_as_typed_and_the_rest_is_rendered(
    room: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = markup.render

    def sometimes(text: str, names: Any = None) -> str:
        if "trip" in text:
            raise RecursionError(text)
        return whole(text, names)

    monkeypatch.setattr(markup, "render", sometimes)
    await say(room, "b", "a trip <b>wire</b>")
    await say(room, "c", "*comics*")
    with capture_logs() as logs:
        assert await rendered(room, "c") == "<p><em>comics</em></p>\n"
    assert (await room.message("b")).body_html == "<p>a trip &lt;b&gt;wire&lt;/b&gt;</p>\n"
    assert "novels" in (await room.message("a")).body_html
    assert [(line["event"], line["fault"]) for line in logs] == [("not_rendered", "RecursionError")]
    assert "trip" not in str(logs)


async def test_a_fault_while_rendering_ends_nothing_and_is_made_up_for(
    room: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rendering, "AFTER_A_FAULT", 0.05)
    async with room.store.begin() as tx:
        await tx.connection.exec_driver_sql("ALTER TABLE consent RENAME TO elsewhere")
    await say_unheard(room, "b", "I agree with <@123>")
    with capture_logs() as logs:
        async with running(room) as (_, changed):
            await asyncio.sleep(0.3)
            assert {line["event"] for line in logs} == {"rendering_waits"}
            async with room.store.begin() as tx:
                await tx.connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO consent")
            await shows(room, "b", "@Ann", changed)


async def say_unheard(room: Evening, native_id: str, text: str) -> None:
    """A message stored past everybody's ears."""
    async with room.store.begin() as tx:
        await tx.connection.exec_driver_sql(
            "INSERT INTO message (place_id, platform_message_id, chat_id, person_id, text, said_at, heard_at)"
            " SELECT place_id, ?, chat_id, person_id, ?, said_at, heard_at FROM message LIMIT 1",
            (native_id, text),
        )

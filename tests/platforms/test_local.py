"""The bot's own rooms as a network: who wakes it, what it hears of what was taken back, what it lets go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.core.actions import Action
from bot.core.hearing import Commanded, Deleted, Edited, Said
from bot.core.model import Offer
from bot.platform import Impossible, Outgoing
from bot.platforms.local import Local
from bot.storage.engine import database_url
from bot.storage.store import Store, Tx
from tests.platforms.contract import on_message, post
from tests.support.browser_network import BrowserNetwork
from tests.support.ears import NotingEars, listening
from tests.support.house import prepare


@pytest.fixture
async def net(tmp_path: Path) -> AsyncIterator[BrowserNetwork]:
    prepare(tmp_path, "browser")
    async with Store(database_url("", tmp_path)) as store:
        yield BrowserNetwork(tmp_path, SystemClock(), store)


async def test_what_was_taken_back_before_it_was_heard_is_heard_as_taken_back_only(
    net: BrowserNetwork,
) -> None:
    ears, ana = NotingEars(net.place), net.person("ana")
    said = await ana.say("xylophone")
    await ana.edit(said, "marimba")
    await ana.react(said, 2)
    await ana.delete(said)
    async with listening(net.platform(), ears):
        await net.until(ears.has_heard(1))
        kept = await ana.say("Hello")
        await net.until(ears.has_heard(2))
    assert [(type(event), event.id) for event in ears.heard()] == [(Deleted, said), (Said, kept)]


async def test_what_was_edited_before_it_was_heard_is_heard_with_its_last_words(net: BrowserNetwork) -> None:
    ears, ana = NotingEars(net.place), net.person("ana")
    said = await ana.say("A1: one")
    await ana.edit(said, "A2: two")
    async with listening(net.platform(), ears):
        await net.until(ears.has_heard(2))
    heard, edited = ears.heard()
    assert isinstance(heard, Said)
    assert isinstance(edited, Edited)
    assert (heard.text, edited.text) == ("A2: two", "A2: two")


async def test_an_answer_by_form_is_heard_as_one_in_its_questions_thread(net: BrowserNetwork) -> None:
    platform, ears = net.platform(), NotingEars(net.place)
    question = await platform.send(post(net.place, "q1", "Q1: What works?"))
    async with listening(platform, ears):
        await net.person("ana").answer(question, "A7: not a label")
        await net.until(ears.has_heard(1))
    (heard,) = ears.heard()
    assert isinstance(heard, Said)
    assert (heard.thread, heard.by_form, heard.anonymous) == (question, True, False)


async def test_words_of_commands_are_let_go_when_the_ears_have_them(net: BrowserNetwork) -> None:
    ears = NotingEars(net.place)
    ears.open.clear()
    async with listening(net.platform(), ears):
        await net.host("mo").types("!edchat chat next after=3")
        await net.until(lambda: bool(ears.offered))
        assert typed(net) == ["chat next after=3"]
        ears.open.set()
        await net.until(ears.has_heard(1))
        await net.until(lambda: not typed(net))
    assert [type(event) for event in ears.heard()] == [Commanded]


async def test_words_of_commands_heard_before_a_crash_are_let_go_at_the_next_start(
    net: BrowserNetwork,
) -> None:
    ears = NotingEars(net.place)
    await net.host("mo").types("!edchat chat next after=3")
    async with net.store.read() as tx:
        ears.cursors[net.place.native_id] = str(await tx.room_last_event(net.place.id))
    async with listening(net.platform(), ears):
        await net.until(lambda: not typed(net))
    assert ears.offered == []


async def test_what_another_process_wrote_is_heard_at_the_next_look(net: BrowserNetwork) -> None:
    ears = NotingEars(net.place)
    async with (
        Store(database_url("", net.folder)) as elsewhere,
        listening(Local(net.store, net.clock, look=0.05), ears),
    ):
        await net.person("ana").say("here")
        await net.until(ears.has_heard(1))
        await BrowserNetwork(net.folder, net.clock, elsewhere).person("ana").say("from elsewhere")
        await net.until(ears.has_heard(2))


async def test_a_database_that_cannot_be_read_for_a_while_is_no_end(
    net: BrowserNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    ears, failures = NotingEars(net.place), [OSError("no file can be opened")] * 2

    @asynccontextmanager
    async def reading() -> AsyncIterator[Tx]:
        if failures:
            raise failures.pop()
        async with Store.read(net.store) as tx:
            yield tx

    async with listening(net.platform(), ears):
        await net.person("ana").say("one")
        await net.until(ears.has_heard(1))
        monkeypatch.setattr(net.store, "read", reading)
        await net.person("ana").say("two")
        await net.until(ears.has_heard(2))
    assert failures == []


async def test_a_restart_without_news_writes_and_says_nothing(net: BrowserNetwork) -> None:
    ears, ana = NotingEars(net.place), net.person("ana")
    async with listening(net.platform(), ears):
        await ana.say("Hello")
        await net.until(ears.has_heard(1))
    async with listening(net.platform(), ears):
        await asyncio.sleep(0.05)
    assert len(ears.offered) == 1


async def test_posts_stand_in_the_database_as_safe_html(net: BrowserNetwork) -> None:
    platform = net.platform()
    sent = await platform.send(post(net.place, "k1", "**Q1** <script>alert(1)</script>"))
    async with net.store.read() as tx:
        (shown,) = await tx.room_messages(net.place.id, viewer="", host=False)
    assert "<strong>Q1</strong>" in shown.html
    assert "<script" not in shown.html
    await on_message(platform, net.place, Action.EDIT, sent, "Q1 _again_")
    async with net.store.read() as tx:
        (shown,) = await tx.room_messages(net.place.id, viewer="", host=False)
    assert "<em>again</em>" in shown.html


async def test_a_buttons_form_is_kept(net: BrowserNetwork) -> None:
    offers = (Offer("Write them", "chat plan chat=7", form=True), Offer("Preview", "chat preview chat=7"))
    await net.platform().send(Outgoing("k1", net.place, Action.POST, "Plan it", offers))
    assert net.posts()[0].offers == offers


async def test_what_stands_on_top_of_every_room_is_not_repeated_under_a_post(net: BrowserNetwork) -> None:
    remind = Offer("Remind me", "chat remind chat=7")
    offers = (Offer("Answer", "answer 2 chat=7", form=True), Offer("Catch up", "chat now chat=7"), remind)
    await net.platform().send(Outgoing("k1", net.place, Action.POST, "Q2", offers))
    assert net.posts()[0].offers == (remind,)


async def test_the_last_receipt_is_the_one_that_stands(net: BrowserNetwork) -> None:
    platform, answer = net.platform(), await net.person("ana").say("A2: often")
    for number in ("2", "3"):
        await on_message(platform, net.place, Action.RECEIPT, answer, number)
    assert net.messages()[0].receipts == ("3",)
    await on_message(platform, net.place, Action.RECEIPT, answer, "", key="off")
    assert net.messages()[0].receipts == ()


@pytest.mark.parametrize("action", [Action.THREAD, Action.EDIT, Action.RECEIPT, Action.PIN])
@pytest.mark.parametrize("target", ["999", "q1@7.1", "", "9" * 30])
async def test_nothing_can_be_done_to_what_is_not_there(
    net: BrowserNetwork, action: Action, target: str
) -> None:
    with pytest.raises(Impossible, match="no longer in this room"):
        await on_message(net.platform(), net.place, action, target, "x")


async def test_a_message_of_another_room_is_no_target(net: BrowserNetwork) -> None:
    platform = net.platform()
    sent = await platform.send(post(net.other, "k1", "For hosts"))
    with pytest.raises(Impossible):
        await on_message(platform, net.place, Action.PIN, sent)
    assert net.pinned() is None


async def test_a_whisper_needs_somebody_to_hear_it(net: BrowserNetwork) -> None:
    with pytest.raises(Impossible, match="Say to whom"):
        await net.platform().send(Outgoing("w", net.place, Action.WHISPER, "3 are unanswered."))
    assert net.posts() == ()


async def test_what_was_posted_is_found_by_its_key_also_after_a_crash(net: BrowserNetwork) -> None:
    sent = await net.platform().send(post(net.place, "k1", "Q1"))
    assert await net.platform().find(post(net.place, "k1", "Q1")) == sent
    assert await net.platform().find(post(net.place, "k2", "Q1")) is None


def typed(net: BrowserNetwork) -> list[str]:
    """The words of commands that stand in the room's events."""
    query = "SELECT text FROM room_event WHERE place_id = ? AND text IS NOT NULL"
    return [row["text"] for row in net.rows(query)]

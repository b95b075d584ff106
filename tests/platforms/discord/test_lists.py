"""What Discord lists while somebody types, the menu of a message, and where an asking belongs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.commands import CommandTree, Form, Reply
from bot.core import sentences
from bot.core.hearing import Author, Said
from bot.core.model import Chat, Offer
from bot.core.sentences import forms
from bot.inbox import Inbox
from bot.platforms.discord import desk
from bot.storage.store import Store
from tests.platforms.discord.asked import QUESTIONS, Asked, asked
from tests.support.command_room import NOW, StoppedClock
from tests.support.fake_discord.places import Channel, Message
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.state_messages import Extras


@pytest.fixture
async def here(fake: FakeDiscord, tmp_path: Path) -> AsyncIterator[Asked]:
    async with asked(fake, tmp_path) as made:
        yield made


async def listed(here: Asked, line: str, option: str, typed: str = "", **others: Any) -> list[str]:
    found = await here.ana.autocompletes(here.general, line, option, typed, **others)
    return [one.name for one in found]


async def test_chats_are_listed_by_day_and_topic_the_nearest_first(here: Asked) -> None:
    weekly = await here.weekly()
    await here.chat(weekly, topic="Marking")
    live = await here.chat(weekly, asked=1)
    assert await listed(here, "chat preview", "chat") == [
        "Sat 21 Nov 2026, 11:50 am GMT: Homework",
        "Tue 24 Nov 2026, 12:00 pm GMT: Marking",
    ]
    found = await here.ana.autocompletes(here.general, "chat preview", "chat", "homew")
    assert [one.value for one in found] == [str(live.id)]
    assert "Homework" in (await here.ana.slash(here.general, "chat preview", chat=str(live.id))).text


async def test_questions_are_those_of_the_chat_that_is_chosen(here: Asked) -> None:
    weekly = await here.weekly()
    soon = await here.chat(weekly)
    await here.chat(weekly, asked=1)
    async with here.store.begin() as tx:
        before = await tx.running(soon.id)
        fewer = before.with_chat(topic="Fewer")
        await tx.save(before, fewer, NOW)
    names = [f"{n}. {text}" for n, text in enumerate(QUESTIONS, 1)]
    assert await listed(here, "question edit", "number", chat=str(soon.id)) == names
    assert await listed(here, "question edit", "number", "did") == [names[1]]
    assert await listed(here, "question edit", "number", "3") == [names[2]]


async def test_weekly_chats_places_and_zones_are_listed(here: Asked) -> None:
    await here.weekly("Weekly EdChat")
    await here.weekly("Maths Chat")
    assert await listed(here, "series show", "series", "math") == ["Maths Chat"]
    assert await listed(here, "series create", "place", "gen") == ["general"]
    assert await listed(here, "series create", "zone", "boston") == ["New York (ET)"]
    assert await listed(here, "series create", "zone") == ["London (UK)"]
    assert len(await listed(here, "series create", "zone", "america")) == 25


async def test_what_was_chosen_from_a_list_is_understood(here: Asked) -> None:
    await here.weekly("Weekly EdChat")
    maths = await here.weekly("Maths Chat")
    chosen = (await here.ana.autocompletes(here.general, "series show", "series", "math"))[0].value
    assert chosen == str(maths.id)
    assert "Maths Chat" in (await here.ana.slash(here.general, "series show", series=chosen)).text


async def test_channels_and_people_may_be_named_by_mention(here: Asked) -> None:
    made = await here.ana.slash(
        here.staff, "series create", title="EdChat", when="every Tue 8 pm", place=f"<#{here.general.id}>"
    )
    assert "Tue" in made.text
    async with here.store.read() as tx:
        assert [one.title for one in await tx.series_here((await here.place()).id)] == ["EdChat"]


# --- The menu of a message -----------------------------------------------------------------------


async def said(here: Asked, text: str, at: timedelta = timedelta()) -> Message:
    """Something Ben wrote, which the bot heard."""
    message, place = here.ben.says(here.general, text), await here.place()
    inbox = Inbox(here.store, StoppedClock(), {})
    heard = Said(str(message.id), Author(str(here.ben.user.id), "Ben"), text, NOW + at)
    hearing = asyncio.create_task(inbox.hear(place, (heard,), str(message.id)))
    await asyncio.sleep(0)
    await inbox.sweep()
    await hearing
    return message


async def filed(here: Asked, chat: Chat) -> list[int]:
    async with here.store.read() as tx:
        questions = {question.id: question.position for question in await tx.questions(chat.id)}
        return [questions[question_id] for _, question_id in await tx.answered(chat.id)]


async def test_a_host_files_a_message_from_its_menu(here: Asked) -> None:
    chat = await here.chat(await here.weekly(), asked=2)
    message = await said(here, "Stories always work")
    opened = await here.ana.chooses(message, forms.FILE_UNDER)
    number = opened.form.field("number")
    assert [one["label"] for one in number.options] == [f"{n}. {q}" for n, q in enumerate(QUESTIONS, 1)]
    assert "Stories always work" in (await here.ana.submits(opened, number=["2"])).text
    assert await filed(here, chat) == [2]


async def test_others_do_not_file_from_a_menu(here: Asked) -> None:
    await here.chat(await here.weekly(), asked=2)
    message = await said(here, "Stories always work")
    answer = await here.ben.chooses(message, forms.FILE_UNDER)
    assert (answer.text, answer.ephemeral) == (sentences.ONLY_HOSTS, True)


# --- Where an asking belongs ---------------------------------------------------------------------


async def test_a_thread_counts_as_its_channel(here: Asked) -> None:
    await here.chat(await here.weekly(), asked=1)
    thread = here.fake.world.start_thread(here.general, here.ana.user, "Q1")
    assert (await here.ben.slash(thread, "answer", number="1", text="Stories")).text == "Filed under Q1."


async def test_a_channel_that_the_bot_does_not_see_is_told_so(here: Asked) -> None:
    hidden = here.fake.world.make_channel(here.guild, "hidden")
    answer = await here.ana.slash(hidden, "edchat")
    assert (answer.text, answer.ephemeral) == (forms.CHANNEL_UNSEEN, True)


async def test_b208_a_command_in_a_private_conversation_is_refused_politely(here: Asked) -> None:
    private = here.fake.world.private_channel(here.ben.user)
    answer = await here.ben.slash(private, "edchat")
    assert answer.text == forms.NOT_IN_PRIVATE
    assert here.fake.violations == []


def private_message(here: Asked, custom_id: str) -> Message:
    button = {"type": 2, "style": 2, "label": "Press", "custom_id": custom_id}
    shown = Extras(components=[{"type": 1, "components": [button]}])
    private: Channel = here.fake.world.private_channel(here.ben.user)
    return here.fake.world.post(private, here.fake.world.bot, "Psst", extras=shown)


async def test_a_button_in_a_private_message_acts_where_the_message_came_from(here: Asked) -> None:
    await here.chat(await here.weekly(), asked=1)
    place, message = await here.place(), private_message(here, "edchat:chat now")
    assert (await here.ben.clicks(message, "Press")).text == forms.NOT_IN_PRIVATE
    async with here.store.begin() as tx:
        await tx.whisper(place, str(here.ben.user.id), "Psst", (Offer("Press", "chat now"),), "k", NOW)
        row = await tx.waiting_in(place.id)
        assert row is not None
        await tx.confirm(row, str(message.id), NOW)
    assert QUESTIONS[0] in (await here.ben.clicks(message, "Press")).text


# --- Slow, long and broken -----------------------------------------------------------------------


class SlowTree(CommandTree):
    """Commands on a disk that takes its time."""

    async def run(self, *asked: Any, **more: Any) -> Reply:
        """Carry a command out, later."""
        await asyncio.sleep(1.0)
        return await super().run(*asked, **more)

    async def form_for(self, *asked: Any, **more: Any) -> Form:
        """Give a form, later."""
        await asyncio.sleep(1.0)
        return await super().form_for(*asked, **more)


async def test_b218_a_slow_command_is_deferred_at_once(fake: FakeDiscord, tmp_path: Path) -> None:
    fake.world.answer_within = 0.7
    async with asked(fake, tmp_path, tree=SlowTree) as here:
        answer = await here.ben.slash(here.general, "privacy show")
    assert answer.interaction.callback_type == 5
    assert not answer.failed
    assert answer.text.startswith("Nothing you said is kept here.")


async def test_a_form_that_is_late_says_so_while_it_still_may(
    fake: FakeDiscord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "IN_TIME", 0.2)
    async with asked(fake, tmp_path, tree=SlowTree) as here:
        answer = await here.ana.slash(here.general, "setup")
    assert (answer.text, answer.ephemeral) == (forms.TOO_SLOW, True)


class LongTree(CommandTree):
    """Commands that answer as long as is wished."""

    said = ""

    async def run(self, *asked: Any, **more: Any) -> Reply:
        """Answer at length."""
        return Reply(self.said, (Offer("Next", "chat now"),))


@pytest.mark.parametrize(("paragraphs", "messages"), [(10, 1), (30, 2), (60, 4)])
async def test_a_long_answer_comes_in_several_messages(
    fake: FakeDiscord, tmp_path: Path, paragraphs: int, messages: int
) -> None:
    text = "\n\n".join(f"{number:03} {'word ' * 24}".rstrip() for number in range(paragraphs))
    async with asked(fake, tmp_path, tree=LongTree) as here:
        LongTree.said = text
        answer = await here.ben.slash(here.general, "privacy show")
        await answer.until(lambda one: len(one.messages) == messages)
    assert [len(one.content) <= 2_000 for one in answer.messages] == [True] * messages
    assert "\n\n".join(one.content for one in answer.messages) == text
    assert [bool(one.components) for one in answer.messages] == [False] * (messages - 1) + [True]
    assert answer.ephemeral


async def test_an_answer_that_is_longer_still_comes_as_a_file(fake: FakeDiscord, tmp_path: Path) -> None:
    async with asked(fake, tmp_path, tree=LongTree) as here:
        LongTree.said = '{"messages": [' + ", ".join(['"word"'] * 2_000) + "]}"
        answer = await here.ben.slash(here.general, "privacy export")
    file = answer.message.attachments[0]
    assert (answer.text, file.filename) == (forms.COMES_AS_FILE, "edchat.json")
    assert file.size == len(LongTree.said)
    assert answer.buttons == ["Next"]


class BrokenTree(CommandTree):
    """A fault in the front."""

    async def run(self, *asked: Any, **more: Any) -> Reply:
        """Fail."""
        raise ValueError("words that nobody may read")


async def test_a_fault_is_told_as_one_sentence(
    fake: FakeDiscord, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async with asked(fake, tmp_path, tree=BrokenTree) as here:
        answer = await here.ben.slash(here.general, "privacy show")
    assert (answer.text, answer.ephemeral) == (sentences.WENT_WRONG, True)
    assert "discord_answer_failed" in "".join(capsys.readouterr())


async def test_a_command_from_before_an_update_says_so(here: Asked) -> None:
    slashes = here.fake.world.commands[None]
    old = next(one for one in slashes.values() if one["name"] == "edchat")
    slashes[1] = old | {"id": "1", "name": "dance"}
    answer = await here.ben.slash(here.general, "dance")
    assert answer.text == forms.OLD_COMMAND


async def test_nobody_is_noted_for_typing_into_a_list(here: Asked) -> None:
    await here.weekly()
    await here.ben.autocompletes(here.general, "series show", "series", "w")
    place = await here.place()
    async with here.store.read() as tx:
        assert await tx.met("discord", str(here.ben.user.id), place.community_id) is None


async def test_a_store_that_cannot_be_written_is_no_silence(
    here: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_self: Store, *_: Any, **__: Any) -> Any:
        raise OSError("no space left on device")

    monkeypatch.setattr(Store, "begin", full)
    answer = await here.ben.slash(here.general, "privacy show")
    monkeypatch.undo()
    assert answer.text == sentences.WENT_WRONG


async def test_an_answer_that_discord_refuses_is_not_called_undone(here: Asked) -> None:
    chat = await here.chat(await here.weekly())
    here.fake.faults.on("PATCH", r"/webhooks/.*/@original", times=1).status(400)
    answer = await here.ana.slash(here.general, "question remove", number="3")
    assert answer.text == forms.ANSWER_LOST
    assert await here.questions(chat) == [*QUESTIONS[:2]]


async def test_b217_an_asking_that_comes_twice_is_done_once(here: Asked) -> None:
    chat = await here.chat(await here.weekly())
    events: list[tuple[str, Any, int | None]] = []
    here.fake.world.listeners.append(lambda *event: events.append(event))
    await here.ana.slash(here.general, "question remove", number="3")
    here.fake.world.emit(*next(event for event in events if event[0] == "INTERACTION_CREATE"))
    answer = await here.ana.slash(here.general, "chat preview")
    assert await here.questions(chat) == [*QUESTIONS[:2]]
    assert QUESTIONS[1] in answer.text

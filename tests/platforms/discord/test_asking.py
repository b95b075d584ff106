"""Commands, buttons and forms on Discord: what people type, press and send off, and what they read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.clock import SystemClock
from bot.commands import CommandTree
from bot.core import sentences
from bot.core.effects import Moment
from bot.core.model import Visibility
from bot.core.reminding import Word
from bot.core.sentences import forms
from bot.core.sentences.refusals import UNREACHED
from bot.platforms.discord import Discord
from bot.storage.outgoing.outbound import FAILED
from bot.storage.schema import tables as t
from cogs import every_cog
from tests.platforms.discord.asked import QUESTIONS, Asked, asked, at_the_desk
from tests.platforms.discord.living import Living, settings
from tests.platforms.opening import opened
from tests.support.command_room import NOW
from tests.support.ears import NotingEars, listening
from tests.support.fake_discord.answers import Answer
from tests.support.fake_discord.asking import Upload
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.state_messages import Extras


@pytest.fixture
async def here(fake: FakeDiscord, tmp_path: Path) -> AsyncIterator[Asked]:
    async with asked(fake, tmp_path) as made:
        yield made


def for_the_asker_alone(answer: Answer) -> bool:
    return answer.ephemeral and not answer.failed and not answer.deferred


def button(label: str, custom_id: str) -> Extras:
    """A message's only button."""
    one = {"type": 2, "style": 2, "label": label, "custom_id": custom_id}
    return Extras(components=[{"type": 1, "components": [one]}])


async def test_the_card_is_for_the_asker_alone(here: Asked) -> None:
    answer = await here.ana.slash(here.general, "edchat")
    assert for_the_asker_alone(answer)
    assert "Set up" in answer.buttons
    assert here.ben.reads(here.general) == []


async def test_setting_up_is_a_form_with_a_channel_people_and_what_each_choice_means(here: Asked) -> None:
    card = await here.ana.slash(here.general, "edchat")
    opened = await here.ana.clicks(card, "Set up")
    readers = opened.form.field("readers")
    assert [one["value"] for one in readers.options] == [str(one) for one in Visibility]
    assert readers.options[1]["description"] == sentences.WHO_READS["members"]
    assert readers.value == []
    done = await here.ana.submits(opened, where=[here.general], hosts=[here.ben.user], readers=["members"])
    assert done.text.startswith("Ready: chats are held in general.")
    assert "Ben is a host from now on." in done.text
    assert "Weekly chat" in done.buttons


async def test_a_reminder_that_reached_nobody_is_told_once_with_the_next_answer(here: Asked) -> None:
    chat, place = await here.chat(await here.weekly()), await here.place()
    await here.ben.slash(here.general, "chat remind")
    async with here.store.begin() as tx:
        [(_, ben)] = await tx.reminded(chat.id)
        word = Word("soon", "It starts soon.", (Moment("soon", NOW),))
        await tx.whisper_of(place, ben, word, chat.id, NOW)
        row = await tx.waiting_in(place.id)
        assert row is not None
        await tx.give_up(row, FAILED)
    assert UNREACHED not in (await here.ana.slash(here.general, "edchat")).text
    told = await here.ben.slash(here.general, "edchat")
    assert told.text.startswith(UNREACHED)
    assert UNREACHED not in (await here.ben.slash(here.general, "edchat")).text


async def test_a_role_chosen_in_the_form_makes_hosts_of_those_who_have_it(here: Asked) -> None:
    helpers = here.fake.world.make_role(here.guild, "Chat hosts")
    cleo = here.fake.person("Cleo", here.guild, (helpers,))
    opened = await here.ana.slash(here.general, "setup")
    done = await here.ana.submits(
        opened, where=[here.general], hosts=[helpers, here.ben.user], readers=["members"]
    )
    assert f"Whoever has the role <@&{helpers.id}> is a host from now on." in done.text
    assert "Ben is a host from now on." in done.text
    assert (await cleo.slash(here.general, "setup", readers="members")).modal


async def test_a_question_keeps_its_words_where_commands_are_spelled_for_discord(here: Asked) -> None:
    chat = await here.chat(await here.weekly(), asked=1)
    await here.ana.slash(here.general, "chat ask", text="Who uses `chat next`?", chat=str(chat.id))
    card = await here.ben.slash(here.general, "edchat")
    assert "out: Who uses `chat next`?" in card.text
    assert "To answer, use `/answer 2 your words`, write in its thread" in card.text
    assert "`/help` shows" in card.text


async def test_a_form_asked_for_again_holds_what_was_answered(here: Asked) -> None:
    first = await here.ana.slash(here.staff, "setup", readers="members")
    await here.ana.submits(first, where=[here.general])
    again = await here.ana.slash(here.staff, "setup")
    room = again.form.field("where").said["default_values"]
    assert [(int(one["id"]), one["type"]) for one in room] == [(here.general.id, "channel")]
    assert again.form.field("readers").value == ["members"]
    assert (await here.ana.submits(again)).text.startswith("Ready: chats are held in general.")


async def test_a_host_plans_a_chat_in_a_form_that_holds_what_is_drafted(here: Asked) -> None:
    chat = await here.chat(await here.weekly())
    opened = await here.ana.slash(here.general, "chat plan")
    assert opened.form.field("questions").value == "\n".join(QUESTIONS)
    assert opened.form.field("topic").value == "Homework"
    sent = await here.ana.submits(opened, questions="One?\nTwo?")
    assert for_the_asker_alone(sent)
    assert await here.questions(chat) == ["One?", "Two?"]
    assert "Rehearse" in sent.buttons


async def test_questions_come_from_a_file(here: Asked) -> None:
    chat = await here.chat(await here.weekly())
    file = Upload("questions.txt", "\ufeffWhat is ünder?\r\nWhat is over?\r\n".encode())
    answer = await here.ana.slash(here.general, "chat plan", questions=file)
    assert answer.modal is None
    assert await here.questions(chat) == ["What is ünder?", "What is over?"]


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"\x89PNG\r\n\x1a\n\x00\x00", sentences.FILE_UNREADABLE), (b"?" * 300_000, "has 300,000 bytes")],
)
async def test_a_file_without_words_changes_nothing(here: Asked, data: bytes, said: str) -> None:
    chat = await here.chat(await here.weekly())
    answer = await here.ana.slash(here.general, "chat plan", questions=Upload("list.txt", data))
    assert said in answer.text
    assert for_the_asker_alone(answer)
    assert await here.questions(chat) == [*QUESTIONS]


async def test_an_answer_typed_as_options_needs_no_form(here: Asked) -> None:
    await here.chat(await here.weekly(), asked=2)
    answer = await here.ben.slash(here.general, "answer", number="2", text="Too long a task")
    assert answer.text == "Filed under Q2."
    assert for_the_asker_alone(answer)


async def test_an_answer_without_words_opens_a_form_for_them(here: Asked) -> None:
    await here.chat(await here.weekly(), asked=2)
    opened = await here.ben.slash(here.general, "answer", number="1")
    assert [*opened.form.fields] == ["Your answer"]
    assert (await here.ben.submits(opened, your_answer="We began\n\nwith a story")).text == "Filed under Q1."
    async with here.store.read() as tx:
        told = await tx.connection.execute(select(t.message.c.text))
    assert [row.text for row in told] == ["We began\n\nwith a story"]


async def test_what_was_typed_into_a_refused_form_is_given_back(here: Asked) -> None:
    await here.chat(await here.weekly(), asked=2)
    opened = await here.ben.slash(here.general, "answer", number="9")
    assert "There is no question" in opened.text
    opened = await here.ben.slash(here.general, "answer", number="1")
    await here.ben.slash(here.general, "privacy exclude")
    refused = await here.ben.submits(opened, your_answer="All my wisdom")
    told = sentences.ANSWER_WITHOUT_YOU.replace("`privacy", "`/privacy")
    assert refused.text == forms.not_lost(told, ["All my wisdom"])
    await here.ben.slash(here.general, "privacy include")
    again = await here.ben.clicks(refused, forms.AGAIN)
    assert (await here.ben.submits(again, your_answer="All my wisdom")).text == "Filed under Q1."


async def test_the_answer_button_asks_for_the_words_alone(here: Asked) -> None:
    chat = await here.chat(await here.weekly(), asked=2)
    shown = button("Answer", f"edchat?answer 2 chat={chat.id}")
    post = here.fake.world.post(here.general, here.fake.world.bot, "Q2: What did not?", extras=shown)
    opened = await here.ben.clicks(post, "Answer")
    assert [*opened.form.fields] == ["Your answer"]
    assert "(2)" in opened.form.title
    assert (await here.ben.submits(opened, your_answer="Group work")).text == "Filed under Q2."


async def test_editing_a_question_opens_with_its_words(here: Asked) -> None:
    chat = await here.chat(await here.weekly())
    opened = await here.ana.slash(here.general, "question edit", number="2")
    assert opened.form.field("text").value == QUESTIONS[1]
    assert "(2)" in opened.form.title
    await here.ana.submits(opened, the_question="What else?")
    assert (await here.questions(chat))[1] == "What else?"


async def test_a_form_without_fields_asks_whether_it_is_meant(here: Asked) -> None:
    chat = await here.chat(await here.weekly(), asked=1)
    panel = here.fake.world.post(
        here.general,
        here.fake.world.bot,
        "Panel",
        extras=button("End", f"edchat?chat end chat={chat.id} sure=yes"),
    )
    opened = await here.ana.clicks(panel, "End")
    assert "This cannot be undone." in opened.form.text
    assert not opened.form.fields
    assert (await here.ana.submits(opened)).text == sentences.ENDED


async def test_a_button_and_an_open_form_outlive_a_restart(here: Asked) -> None:
    chat = await here.chat(await here.weekly())
    card = await here.ana.slash(here.general, "edchat")
    opened = await here.ana.slash(here.general, "question edit", number="1")
    await here.client.close()
    async with at_the_desk(here.fake, here.tree, here.store):
        sheet = await here.ana.clicks(card, "Run sheet")
        assert "Tue 24 Nov 2026" in sheet.text
        await here.ana.submits(opened, the_question="What now?")
    assert (await here.questions(chat))[0] == "What now?"


async def test_two_people_fill_in_the_same_form_at_once(here: Asked) -> None:
    await here.chat(await here.weekly(), asked=1)
    first = await here.ana.slash(here.general, "answer", number="1")
    second = await here.ben.slash(here.general, "answer", number="1")
    assert (await here.ben.submits(second, your_answer="Mine")).text == "Filed under Q1."
    assert (await here.ana.submits(first, your_answer="Also mine")).text == "Filed under Q1."


@pytest.mark.parametrize(
    "custom_id", ["edchat:chat dance chat=1", "edchat?chat dance", "older-than-us", "edchat?question edit 9"]
)
async def test_a_button_that_means_nothing_any_more_says_so(here: Asked, custom_id: str) -> None:
    old = here.fake.world.post(here.general, here.fake.world.bot, "Old", extras=button("Old", custom_id))
    answer = await here.ana.clicks(old, "Old")
    assert for_the_asker_alone(answer)
    assert answer.text
    assert sentences.WENT_WRONG not in answer.text


async def test_a_person_is_chosen_from_the_servers_people(here: Asked) -> None:
    await here.chat(await here.weekly())
    answer = await here.ana.slash(here.general, "host invite", person=here.ben)
    assert "Ben" in answer.text
    assert "Tue 24 Nov 2026" in (await here.ben.slash(here.general, "chat preview")).text


async def test_a_moderator_goes_from_button_to_button_until_people_know_of_the_chat(here: Asked) -> None:
    ana, card = here.ana, await here.ana.slash(here.general, "edchat")
    ready = await ana.submits(
        await ana.clicks(card, "Set up"), where=[here.general], hosts=[here.ben.user], readers=["members"]
    )
    weekly = await ana.clicks(ready, "Weekly chat")
    assert [one.name for one in weekly.form.fields.values()] == [
        "title",
        "when",
        "zone",
        "minutes",
        "hashtag",
    ]
    assert weekly.form.field("zone").value == "Europe/London"
    dates = await ana.submits(weekly, title="EdChat", when="Tuesdays 8 pm Eastern")
    assert "Tue 24 Nov 2026, 8:00 pm ET" in dates.text
    sheet = await ana.submits(await ana.clicks(dates, "Yes, go on"), topic="Homework", questions="One?\nTwo?")
    assert "8:06 pm ET Q1: One?" in sheet.text
    edited = await ana.clicks(sheet, "Edit Q2")
    assert edited.form.field("text").value == "Two?"
    assert "Three?" in (await ana.submits(edited, text="Three?")).text
    told = await ana.clicks(sheet, "Announce")
    assert "Announced in general." in told.text
    assert not [one for one in (ready, dates, sheet, told) if not for_the_asker_alone(one)]


async def test_the_platform_answers_in_a_server_that_it_found_by_itself(
    fake: FakeDiscord, tmp_path: Path
) -> None:
    guild = fake.guild("College")
    async with opened(tmp_path) as store:
        clock = SystemClock()
        platform = Discord(settings(fake), store, clock, settle=0.05, first_wait=0.02)
        platform.mount(CommandTree(store, clock, *every_cog()))
        async with listening(platform, NotingEars()):
            life = Living(fake, store, platform)
            await life.place(guild)
            eve = fake.person("Eve", guild)
            answer = await eve.slash(fake.world.channel_named(guild, "general"), "series list")
    told = "There is no weekly chat here yet; a host makes one with `/series create`."
    assert (answer.text, answer.ephemeral) == (told, True)

"""People who type commands, click and fill in forms, answered by real discord.py."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from tests.fake_discord.bots import Bot, logged_in
from tests.fake_discord.school_commands import declare
from tests.support.fake_discord.answers import NotOfferedError
from tests.support.fake_discord.asking import Upload
from tests.support.fake_discord.people import Someone
from tests.support.fake_discord.places import Channel
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Can, Guild


@pytest.mark.usefixtures("bot")
async def test_a_command_is_answered_with_its_options_read(
    fake: FakeDiscord, school: Guild, general: Channel, ann: Someone
) -> None:
    ben = fake.person("ben", school)
    answer = await ann.slash(
        general,
        "chat plan",
        series="ukedchat",
        questions=7,
        host=ben,
        room=general,
        file=Upload("list.txt", b"Q1 Why?"),
    )
    assert answer.text == "['ukedchat', 7, 'ben', 'general', 'Q1 Why?']"
    assert (answer.ephemeral, answer.deferred, answer.failed, answer.modal) == (True, False, False, None)
    assert ann.whispers == [answer.text]
    assert ben.whispers == []
    assert ann.reads(general) == []


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("chat plan", {}),
        ("chat plan", {"series": "x", "other": 1}),
        ("chat plan", {"series": 7}),
        ("chat plan", {"series": "x", "questions": 11}),
        ("chat plan", {"series": "x", "questions": True}),
        ("chat", {}),
        ("chat plan now", {}),
        ("dance", {}),
    ],
)
async def test_what_discord_would_not_send_is_not_sent(
    general: Channel, ann: Someone, line: str, options: dict[str, Any]
) -> None:
    with pytest.raises(NotOfferedError):
        await ann.slash(general, line, **options)


@pytest.mark.usefixtures("bot")
async def test_choices_are_chosen_by_name_and_nothing_else_can_be(
    fake: FakeDiscord, school: Guild, general: Channel
) -> None:
    head = fake.person("head", school, (fake.world.make_role(school, "heads", int(Can.MANAGE_EVENTS)),))
    assert (await head.slash(general, "setup begin", mode="Copy")).text == "copy"
    with pytest.raises(NotOfferedError, match="Copy"):
        await head.slash(general, "setup begin", mode="link")


@pytest.mark.usefixtures("bot")
async def test_commands_for_moderators_are_not_shown_to_others(general: Channel, ann: Someone) -> None:
    with pytest.raises(NotOfferedError, match="does not show"):
        await ann.slash(general, "setup begin", mode="copy")


@pytest.mark.usefixtures("bot")
async def test_a_list_is_offered_while_somebody_types(general: Channel, ann: Someone) -> None:
    offered = await ann.autocompletes(general, "chat plan", "series", "sci", questions=3)
    assert [tuple(choice) for choice in offered] == [("UKSciChat 3", "ukscichat")]
    with pytest.raises(NotOfferedError):
        await ann.autocompletes(general, "chat plan", "questions", "1")


@pytest.mark.usefixtures("bot")
async def test_an_answer_that_was_promised_is_waited_for(general: Channel, ann: Someone) -> None:
    answer = await ann.slash(general, "chat slow", seconds=0.1)
    assert (answer.text, answer.deferred, answer.ephemeral) == ("here it is", False, True)


@pytest.mark.usefixtures("bot")
async def test_a_promise_that_is_not_kept_stays_one(
    fake: FakeDiscord, school: Guild, general: Channel, ann: Someone
) -> None:
    hasty = Someone(fake, ann.user, school, patience=0.1)
    answer = await hasty.slash(general, "chat slow", seconds=0.3)
    assert (answer.deferred, answer.ephemeral, answer.text) == (True, True, "")
    await answer.until(lambda now: now.text == "here it is")


@pytest.mark.usefixtures("bot")
async def test_no_answer_in_time_is_said_to_be_none(
    fake: FakeDiscord, general: Channel, ann: Someone
) -> None:
    fake.world.answer_within = 0.1
    answer = await ann.slash(general, "chat dumb")
    assert (answer.failed, answer.deferred, answer.text) == (True, False, "")


@pytest.mark.usefixtures("bot")
async def test_an_interaction_carries_rights_place_and_language(
    fake: FakeDiscord, school: Guild, general: Channel, ann: Someone
) -> None:
    head = fake.person("head", school, (fake.world.make_role(school, "heads", int(Can.MANAGE_EVENTS)),))
    thread = fake.world.start_thread(general, head.user, "17 Nov Q1", message=head.says(general, "Q1"))
    told = await head.slash(thread, "chat told", role=school.everyone)
    assert told.text == "[True, True, '17 Nov Q1', 'en-US', '@everyone']"
    french = Someone(fake, ann.user, school, locale="fr")
    answer = await french.slash(general, "chat told")
    assert (answer.text, answer.ephemeral) == ("[False, True, 'general', 'fr']", False)


@pytest.mark.usefixtures("bot")
async def test_a_click_is_answered_even_by_a_bot_that_has_forgotten_the_message(
    general: Channel, ann: Someone, bot: Bot
) -> None:
    panel = await ann.slash(general, "chat panel")
    assert panel.buttons == ["Hello", "Form", "Wishes", "Change", "Later", "Archive", "Off"]
    assert panel.links == {"Archive": "https://archive.example/1"}
    assert (await ann.clicks(panel, "Hello")).text == "ann: hello"
    later = await ann.clicks(panel.message, "Later")
    assert (later.text, later.ephemeral) == ("done later", True)
    for wrong in ("Archive", "Off", "Nothing"):
        with pytest.raises(NotOfferedError):
            await ann.clicks(panel, wrong)
    changed = await ann.clicks(panel, "Change")
    assert (changed.updated, changed.text, panel.text, panel.buttons) == (True, "", "changed", [])


@pytest.mark.usefixtures("bot")
async def test_a_form_comes_filled_and_is_sent_with_what_was_typed(general: Channel, ann: Someone) -> None:
    panel = await ann.slash(general, "chat panel")
    form = await ann.clicks(panel, "Form")
    assert form.form.title == "Your answer"
    assert {label: field.value for label, field in form.form.fields.items()} == {
        "Answer to Q1": "A1 ",
        "Zone": ["Australia/Sydney"],
        "List": [],
    }
    assert "As in the chat" in form.form.text
    answer = await ann.submits(
        form, answer_to_q1="A1 Because", zone="London", list=Upload("q.txt", b"Q1 Why?")
    )
    assert answer.text == "A1 Because|Europe/London|[('q.txt', 'Q1 Why?')]"
    assert answer.ephemeral


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    "fields",
    [{"answer_to_q1": "x" * 51}, {"answer_to_q1": ""}, {"zone": "Paris"}, {"colour": "red"}],
)
async def test_a_form_is_not_sent_filled_wrongly(
    general: Channel, ann: Someone, fields: dict[str, str]
) -> None:
    form = await ann.clicks(await ann.slash(general, "chat panel"), "Form")
    with pytest.raises(NotOfferedError):
        await ann.submits(form, **fields)


@pytest.mark.usefixtures("bot")
async def test_what_nobody_touched_is_sent_as_it_was_filled(general: Channel, ann: Someone) -> None:
    form = await ann.clicks(await ann.slash(general, "chat panel"), "Form")
    assert (await ann.submits(form)).text == "A1 |Australia/Sydney|[]"


@pytest.mark.usefixtures("bot")
async def test_a_form_may_have_every_kind_of_field(general: Channel, ann: Someone) -> None:
    panel = await ann.slash(general, "chat panel")
    form = await ann.clicks(panel, "Wishes")
    values = {label: field.value for label, field in form.form.fields.items()}
    assert values == {"Name": "Ann", "Mode": "copy", "Days": ["thu"], "Remind me": False, "Host": []}
    assert (await ann.submits(form)).text == "['Ann', 'copy', ['thu'], False, []]"
    form = await ann.clicks(panel, "Wishes")
    answer = await ann.submits(
        form, name="Ben", mode="Link", days=["Friday", "thu"], remind_me=True, host=[ann.user]
    )
    assert answer.text == "['Ben', 'link', ['fri', 'thu'], True, ['ann']]"
    with pytest.raises(NotOfferedError, match="not between 2"):
        await ann.submits(form, name="B")
    with pytest.raises(NotOfferedError, match="does not offer"):
        await ann.submits(form, mode="off")


@pytest.mark.usefixtures("bot")
async def test_lines_of_a_list_are_picked(general: Channel, ann: Someone) -> None:
    shown = await ann.slash(general, "chat days")
    assert shown.text == "Days\nChoose\nWeek\n47\nUTC"
    assert (await ann.picks(shown, "Tuesday", "mon")).text == "['tue', 'mon']"
    with pytest.raises(NotOfferedError):
        await ann.picks(shown, "Sunday")


@pytest.mark.usefixtures("bot")
async def test_components_alone_are_read_and_clicked(general: Channel, ann: Someone) -> None:
    shown = await ann.slash(general, "chat layout")
    assert (shown.text, shown.buttons) == ("Next: Q2\nReady?", ["Go"])
    assert (await ann.clicks(shown, "Go")).text == "ann: go"


@pytest.mark.usefixtures("bot")
async def test_a_command_may_be_typed_in_private(fake: FakeDiscord, ann: Someone) -> None:
    answer = await ann.slash(fake.world.private_channel(ann.user), "chat plan", series="x")
    assert answer.text == "['x', 5, None, None, None]"


@pytest.mark.usefixtures("bot")
async def test_a_button_on_a_message_that_is_gone_cannot_be_clicked(
    fake: FakeDiscord, general: Channel, ann: Someone
) -> None:
    panel = await ann.slash(general, "chat panel")
    fake.world.delete(panel.message)
    with pytest.raises(NotOfferedError, match="gone"):
        await ann.clicks(panel, "Hello")


@pytest.mark.usefixtures("bot")
async def test_a_messages_menu_carries_the_message(
    fake: FakeDiscord, school: Guild, general: Channel, ann: Someone
) -> None:
    message = fake.person("ben", school).says(general, "Because.")
    answer = await ann.chooses(message, "File under question...")
    assert (answer.text, answer.ephemeral) == ("ben: Because.", True)


async def test_the_menu_shows_words_without_the_intent(
    fake: FakeDiscord, school: Guild, general: Channel, ann: Someone
) -> None:
    async with logged_in(fake, Bot(discord.Intents.default())) as bot:
        declare(bot)
        await bot.tree.sync()
        answer = await ann.chooses(ann.says(general, "Because."), "File under question...")
        assert answer.text == "ann: Because."
        assert bot.heard == [""]

"""Each action as people on Discord see what came of it, over sockets and with the real client."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import ClientConnectionError

from bot.core.actions import Action
from bot.core.effects import Entry, Link, Moment
from bot.core.model import Offer, Refused
from bot.core.plain import title
from bot.core.sentences import refusals as sentences
from bot.platform import Impossible, Outgoing
from tests.platforms.discord.speaking import Speaking, speaking
from tests.support.bad_inputs import case
from tests.support.fake_discord.answers import buttons_of
from tests.support.fake_discord.server import FakeDiscord
from tests.support.wishes import note_pin

PINNED_LINE = 6
NO_PREVIEWS = 1 << 2


@pytest.fixture
async def room(fake: FakeDiscord, tmp_path: Path) -> AsyncIterator[Speaking]:
    async with speaking(fake, tmp_path) as made:
        yield made


async def test_a_post_stands_in_the_channel_with_its_buttons_and_pings_nobody(room: Speaking) -> None:
    room.fake.person("ann", room.guild)
    offers = (Offer("Answer", "answer chat=7", form=True), Offer("Next", "chat next chat=7"))
    sent = await room.posts("Q1: What works, @everyone?", offers=offers)
    message = room.message(sent)
    assert message.content == "Q1: What works, @everyone?"
    assert {label: button["custom_id"] for label, button in buttons_of(message).items()} == {
        "Answer": "edchat?answer chat=7",
        "Next": "edchat:chat next chat=7",
    }
    assert not message.mention_everyone
    assert message.nonce == "a1b2c3-0"


async def test_an_announcement_calls_the_role_that_was_chosen_and_nobody_else_it_names(
    room: Speaking,
) -> None:
    takers, others = (room.fake.world.make_role(room.guild, name) for name in ("Teachers", "Others"))
    ann = room.fake.person("ann", room.guild)
    words = f"{case('B111').input} <@&{others.id}> <@{ann.user.id}>"
    sent = room.message(await room.posts(words, ping=str(takers.id)))
    assert sent.content == f"<@&{takers.id}> {words}"
    assert (sent.mention_roles, sent.mentions, sent.mention_everyone) == ([takers.id], [], False)
    quiet = room.message(await room.posts(words))
    assert (quiet.mention_roles, quiet.mentions, quiet.mention_everyone) == ([], [], False)


async def test_b110_a_post_with_many_links_comes_without_their_previews(room: Speaking) -> None:
    assert case("B110").expect == "accept text; link unfurls suppressed by option"
    links = " ".join(f"https://e.org/{number}" for number in range(30))
    many, few = await room.posts(f"Q1: {links}"), await room.posts("Q2: https://e.org/1")
    assert (room.message(many).content, room.message(many).flags & NO_PREVIEWS) == (
        f"Q1: {links}",
        NO_PREVIEWS,
    )
    assert not room.message(few).flags & NO_PREVIEWS


async def test_b084_a_name_is_counted_as_discord_counts_and_cut_between_emoji(room: Speaking) -> None:
    assert case("B084").expect.startswith("count as the platform counts; cut on grapheme boundary")
    emoji = case("B084").input[:4]
    with pytest.raises(Refused, match="400 characters long; 100"):
        title(case("B084").input)
    question = await room.posts("Q1")
    thread = await room.does(Action.THREAD, f"Q1 {case('B084').input}", target=question)
    assert room.fake.world.channels[int(thread)].name == f"Q1 {emoji * 24}…"


async def test_a_post_for_a_thread_stands_in_the_thread(room: Speaking) -> None:
    question = await room.posts("Q1")
    await room.does(Action.THREAD, "17 Nov Q1", target=question)
    sent = await room.posts("Q2 is asked.", target=question)
    assert [(str(one.id), one.content) for one in room.standing(question)][-1] == (sent, "Q2 is asked.")
    assert room.texts() == ["Q1"]


async def test_a_post_for_a_thread_that_is_not_there_is_given_up_at_once(room: Speaking) -> None:
    question = await room.posts("Q1")
    with pytest.raises(Impossible, match="thread is gone"):
        await room.posts("Q2 is asked.", target=question)


async def test_a_whisper_is_a_private_message(room: Speaking) -> None:
    ann, ben = room.fake.person("ann", room.guild), room.fake.person("ben", room.guild)
    out = room.out(Action.WHISPER, "Three are unanswered.", person=str(ann.user.id))
    assert await room.life.platform.send(out) == await room.life.platform.send(out)
    (there,) = [one for one in room.fake.world.channels.values() if ann.user in one.recipients]
    assert room.texts(there) == ["Three are unanswered."]
    room.fake.world.closed_to_bot.add(ben.user.id)
    with pytest.raises(Impossible) as no:
        await room.does(Action.WHISPER, "Hello.", person=str(ben.user.id))
    assert str(no.value) == sentences.PRIVATE_CLOSED
    assert not room.refusals._barred
    with pytest.raises(Impossible, match="do not know whom"):
        await room.does(Action.WHISPER, "Hello.", person="nobody")


async def test_a_whisper_leads_to_the_post_that_it_is_about(room: Speaking) -> None:
    ann = room.fake.person("ann", room.guild)
    announced = await room.posts("Next chat: Homework")
    sent = await room.does(Action.WHISPER, "It starts soon.", person=str(ann.user.id), about=announced)
    link = f"https://discord.com/channels/{room.guild.id}/{room.channel.id}/{announced}"
    assert room.message(sent).content == f"It starts soon.\n{link}"


async def test_a_thread_has_the_id_of_its_message_stays_a_week_and_is_renamed_by_the_next_wish(
    room: Speaking,
) -> None:
    question = await room.posts("Q2")
    thread = await room.does(Action.THREAD, "17 Nov Q2 What works?", target=question)
    assert thread == question
    made = room.fake.world.channels[int(thread)]
    assert made.thread is not None
    assert (made.name, made.thread.auto_archive) == ("17 Nov Q2 What works?", 10_080)
    before = len(room.asked("PATCH"))
    assert await room.does(Action.THREAD, "17 Nov Q2 What works?", target=question) == thread
    assert len(room.asked("PATCH")) == before
    room.fake.world.archive(made)
    await room.does(Action.THREAD, "17 Nov Q2 What worked?" + "x" * 100, target=question)
    assert made.name == "17 Nov Q2 What worked?" + "x" * 77 + "…"
    assert not made.thread.archived


async def test_a_pin_takes_our_old_pin_and_discords_line_away_and_leaves_those_of_people(
    room: Speaking,
) -> None:
    ann = room.fake.person("ann", room.guild)
    rules, announced = ann.says(room.channel, "House rules"), await room.posts("Next chat: Tuesday")
    for kept in (rules, room.message(announced)):
        room.fake.world.pin(kept, ann.user)
    typed = ann.says(room.channel, "Q1, as I typed it")
    questions = [str(typed.id), await room.posts("Q2"), await room.posts("Q3")]
    for question in questions:
        await note_pin(room.store, room.place, question, room.life.platform._clock.now())
        assert await room.does(Action.PIN, target=question) == question
    pinned = {one.content for one in room.fake.world.pins(room.channel)}
    assert pinned == {"House rules", "Next chat: Tuesday", "Q3"}
    lines = [one.author.username for one in room.standing() if one.type == PINNED_LINE]
    assert lines == ["ann", "ann"]


async def test_an_edit_changes_words_and_buttons_also_in_a_thread_that_was_put_away(room: Speaking) -> None:
    sent = await room.posts("Q1: old", offers=(Offer("Answer", "answer"),))
    assert await room.does(Action.EDIT, "Q1: new", target=sent) == sent
    assert (room.message(sent).content, buttons_of(room.message(sent))) == ("Q1: new", {})
    await room.does(Action.THREAD, "Q1", target=sent)
    card = await room.does(Action.CARD, "ann: often", thread=sent)
    room.fake.world.archive(room.fake.world.channels[int(sent)])
    assert await room.does(Action.CARD, "ann: seldom", thread=sent, target=card) == card
    assert room.message(card).content == "ann: seldom"


async def test_a_receipt_is_a_digit_that_changes_and_goes_and_people_keep_theirs(room: Speaking) -> None:
    ann = room.fake.person("ann", room.guild)
    said = ann.says(room.channel, "A2: often")
    ann.reacts(said, "2️⃣")
    target = str(said.id)
    me = room.fake.world.bot.id

    def mine() -> list[str]:
        return [emoji for emoji, users in said.reactions.items() if me in users]

    await room.does(Action.RECEIPT, "2", target=target)
    await room.does(Action.RECEIPT, "2", target=target)
    assert mine() == ["2️⃣"]
    await room.does(Action.RECEIPT, "3", target=target)
    assert mine() == ["3️⃣"]
    await room.does(Action.RECEIPT, "", target=target)
    assert mine() == []
    assert said.reactions["2️⃣"] == [ann.user.id]


async def test_a_card_is_made_once_changed_in_place_made_anew_when_deleted_and_taken_away(
    room: Speaking,
) -> None:
    question = await room.posts("Q1")
    await room.does(Action.THREAD, "Q1", target=question)
    out = room.out(Action.CARD, "ann: often", thread=question)
    card = await room.life.platform.send(out)
    assert await room.life.platform.send(out) == card
    assert await room.does(Action.CARD, "ann: seldom", thread=question, target=card) == card
    room.fake.world.delete(room.message(card))
    again = await room.does(Action.CARD, "ann: never", thread=question, target=card)
    assert room.texts(question)[-1:] == ["ann: never"]
    for _ in range(2):
        assert await room.does(Action.CARD, "", thread=question, target=again) == ""
    assert "ann: never" not in room.texts(question)


async def test_a_card_too_old_to_be_changed_is_posted_anew(room: Speaking) -> None:
    card = await room.does(Action.CARD, "ann: often")
    edits = room.fake.faults.on("PATCH", r"/channels/\d+/messages/\d+", times=None)
    edits.status(400, code=30046, message="Maximum number of edits to messages older than 1 hour reached.")
    again = await room.does(Action.CARD, "ann: seldom", target=card)
    assert again != card
    assert room.texts() == ["ann: seldom"]


async def test_a_text_that_points_to_a_message_ends_with_the_link_to_it(room: Speaking) -> None:
    said = room.fake.person("ann", room.guild).says(room.channel, "A1: often")
    sent = await room.does(Action.CARD, "ann: often", about=str(said.id))
    link = f"https://discord.com/channels/{room.guild.id}/{room.channel.id}/{said.id}"
    assert room.message(sent).content == f"ann: often\n{link}"


async def test_instants_are_shown_in_each_readers_own_zone(room: Speaking) -> None:
    at = datetime(2026, 11, 19, 20, 0, tzinfo=UTC)
    sent = await room.posts("We meet on Thursday, 20:00.", moments=(Moment("Thursday, 20:00", at),))
    second = int(at.timestamp())
    assert room.message(sent).content == f"We meet on <t:{second}:F> (<t:{second}:R>)."


async def test_an_instant_below_says_how_far_off_it_is_and_follows(room: Speaking) -> None:
    at, later = (datetime(2026, 11, 19, 20, minute, tzinfo=UTC) for minute in (14, 16))
    offers = (Offer("Answer", "answer 2 chat=7", form=True),)
    sent = await room.posts("Q2: Why?", offers=offers, moments=(Moment("Next question", at, below=True),))
    assert room.message(sent).content == f"Q2: Why?\nNext question <t:{int(at.timestamp())}:R>"
    moved = (Moment("Next question", later, below=True),)
    await room.does(Action.EDIT, "Q2: Why?", target=sent, offers=offers, moments=moved)
    assert room.message(sent).content == f"Q2: Why?\nNext question <t:{int(later.timestamp())}:R>"
    assert [*buttons_of(room.message(sent))] == ["Answer"]


async def test_a_page_is_opened_by_a_button_where_its_address_may_stand_on_one(room: Speaking) -> None:
    page = Link("Open the archive", "https://edchat.example/edchat/2026-11-19")
    sent = await room.posts("That was it.", offers=(Offer("Remind me", "chat remind"),), link=page)
    assert {label: one.get("url") for label, one in buttons_of(room.message(sent)).items()} == {
        "Open the archive": page.url,
        "Remind me": None,
    }
    near = Link("Open the archive", "http://127.0.0.1:8080/edchat")
    assert buttons_of(room.message(await room.posts("That was it.", link=near))) == {}


def entry(room: Speaking, begins: timedelta, *, live: bool = False, title: str = "#edchat") -> Entry:
    now = datetime.now(UTC)
    return Entry(title, "Homework", now + begins, now + begins + timedelta(hours=1), "#general", live)


async def test_an_entry_is_made_moved_begun_and_ended(room: Speaking) -> None:
    soon = entry(room, timedelta(days=1))
    native_id = await room.does(Action.ENTRY, entry=soon)
    event = room.fake.world.events[int(native_id)]
    assert (event.said["name"], event.said["entity_metadata"]) == ("#edchat", {"location": "#general"})
    later = entry(room, timedelta(days=2), title="#edchat: Homework")
    assert await room.does(Action.ENTRY, entry=later, target=native_id) == native_id
    begins = datetime.fromisoformat(event.said["scheduled_start_time"])
    assert (event.said["name"], begins) == ("#edchat: Homework", later.starts_at.replace(microsecond=0))
    quiet = len(room.asked("PATCH"))
    assert await room.does(Action.ENTRY, entry=later, target=native_id) == native_id
    assert len(room.asked("PATCH")) == quiet
    live = Entry(**{name: getattr(later, name) for name in Entry.__slots__ if name != "live"}, live=True)
    await room.does(Action.ENTRY, entry=live, target=native_id)
    await room.does(Action.ENTRY, entry=live, target=native_id)
    assert event.status == 2
    assert await room.does(Action.ENTRY, target=native_id) == ""
    assert await room.does(Action.ENTRY, target=native_id) == ""
    assert event.status == 3


async def test_an_entry_of_a_cancelled_chat_goes_and_one_that_somebody_deleted_is_made_again(
    room: Speaking,
) -> None:
    soon = entry(room, timedelta(days=1))
    native_id = await room.does(Action.ENTRY, entry=soon)
    room.fake.world.delete_event(room.fake.world.events[int(native_id)])
    again = await room.does(Action.ENTRY, entry=soon, target=native_id)
    assert again != native_id
    assert await room.does(Action.ENTRY, target=again) == ""
    assert room.fake.world.events == {}


async def test_an_entry_that_comes_late_begins_at_once_and_one_of_a_chat_that_is_over_is_not_made(
    room: Speaking,
) -> None:
    late = entry(room, -timedelta(minutes=5), live=True)
    native_id = await room.does(Action.ENTRY, entry=late)
    assert room.fake.world.events[int(native_id)].status == 2
    assert await room.does(Action.ENTRY, entry=late) == native_id
    assert await room.does(Action.ENTRY, entry=entry(room, -timedelta(hours=2))) == ""
    assert len(room.fake.world.events) == 1


async def test_an_entry_is_made_once_also_when_nobody_heard_that_it_was(room: Speaking) -> None:
    soon = room.out(Action.ENTRY, entry=entry(room, timedelta(days=1)))
    room.fake.faults.on("POST", r"/guilds/\d+/scheduled-events").store_then_reset()
    with pytest.raises(ClientConnectionError):
        await room.life.platform.send(soon)
    native_id = await room.life.platform.send(soon)
    assert [str(one) for one in room.fake.world.events] == [native_id]


async def test_a_server_without_a_list_of_events_says_so(room: Speaking) -> None:
    room.fake.world.without = {"events", "threads"}
    with pytest.raises(Impossible) as no:
        await room.does(Action.ENTRY, entry=entry(room, timedelta(days=1)))
    assert str(no.value) == sentences.NO_EVENTS


async def test_the_hosts_room_is_one_private_thread_with_its_person_in_it(room: Speaking) -> None:
    mod = room.fake.person("mod", room.guild)
    out = room.out(Action.ROOM, "EdChat hosts", person=str(mod.user.id))
    room.fake.faults.on("POST", r"/channels/\d+/threads").store_then_reset()
    with pytest.raises(ClientConnectionError):
        await room.life.platform.send(out)
    made = await room.life.platform.send(out)
    assert await room.life.platform.send(out) == made
    threads = [one for one in room.fake.world.channels.values() if one.thread is not None]
    assert [(str(one.id), one.name, one.type) for one in threads] == [(made, "EdChat hosts", 12)]
    assert threads[0].thread is not None
    assert mod.user.id in threads[0].thread.members
    eve = room.fake.person("eve", room.guild)
    assert await room.does(Action.ROOM, "EdChat hosts", person=str(eve.user.id), target=made) == made
    assert {mod.user.id, eve.user.id} <= set(threads[0].thread.members)
    assert len([one for one in room.fake.world.channels.values() if one.thread is not None]) == 1


async def test_what_is_no_message_here_is_impossible(room: Speaking) -> None:
    for action in (Action.THREAD, Action.PIN, Action.EDIT, Action.RECEIPT):
        for target in ("c3.q1", None, "123"):
            with pytest.raises(Impossible):
                await room.does(action, "2", target=target)
    with pytest.raises(Impossible, match="cannot be done"):
        await room.life.platform.send(Outgoing("k", room.place, Action.TOPIC, "Q1 of 7"))

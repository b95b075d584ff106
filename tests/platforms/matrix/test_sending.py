"""Each action as people in a room on Matrix see what came of it, on a real homeserver."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.core.actions import Action
from bot.core.effects import Link
from bot.core.model import Offer
from bot.core.sentences import matrix as sentences
from bot.core.sentences import refusals
from bot.platform import Impossible, Outgoing
from bot.platforms.matrix.drawing import KEY, TEXT_LIMIT
from bot.storage.schema import tables as t
from tests.platforms.matrix.lives import open_chat, seen
from tests.platforms.matrix.speaking import Speaking, speaking, until
from tests.support.bad_inputs import case
from tests.support.synapse.people import KEYCAP, People


@pytest.fixture
async def room(people: People, tmp_path: Path) -> AsyncIterator[Speaking]:
    async with speaking(people, tmp_path) as made:
        yield made


async def test_a_question_is_a_text_without_relation_that_mentions_nobody_and_carries_its_key(
    room: Speaking,
) -> None:
    sent = await room.posts("Q1: What *works*, @room?", key="a1-7", offers=(Offer("Answer", "answer 1"),))
    content = await room.content(sent)
    assert content["body"] == "Q1: What *works*, @room?"
    assert content["formatted_body"] == "<p>Q1: What <em>works</em>, @room?</p>"
    assert (content["msgtype"], content["m.mentions"], content[KEY]) == ("m.text", {}, "a1-7")
    assert "m.relates_to" not in content


async def told(room: Speaking) -> bool:
    """Tell whether the bot knows the room."""
    return room.platform.life.rooms.told.is_set()


async def test_who_asked_for_it_is_called_by_a_post_where_the_bot_may_call(room: Speaking) -> None:
    await until(lambda: told(room))
    called = await room.content(await room.posts("Tonight: *questions*.", ping="@room"))
    assert called["body"] == "@room Tonight: *questions*."
    assert called["m.mentions"] == {"room": True}
    assert called["formatted_body"].startswith("<p>@room Tonight")
    levels = await room.dana.state(room.room, "m.room.power_levels")
    await room.dana.sets(room.room, "m.room.power_levels", levels | {"notifications": {"room": 60}})

    async def quiet() -> bool:
        content = await room.content(await room.posts("Tonight.", ping="@room"))
        return bool(content["m.mentions"] == {} and content["body"] == "Tonight.")

    await until(quiet)


async def test_words_without_markup_need_no_html(room: Speaking) -> None:
    content = await room.content(await room.posts("Three & four."))
    assert content["body"] == "Three & four."
    assert "formatted_body" not in content


async def test_html_holds_nothing_that_matrix_does_not_know(room: Speaking) -> None:
    sent = await room.posts("||hush|| <script>x</script> [page](https://a.example) `a<b`\n- one")
    html = (await room.content(sent))["formatted_body"]
    assert "<span data-mx-spoiler>hush</span>" in html.replace('=""', "")
    assert '<a href="https://a.example">page</a>' in html
    assert "<code>a&lt;b</code>" in html
    assert "<script" not in html


async def test_offers_are_lines_to_copy_with_what_a_form_still_asks_for(room: Speaking) -> None:
    offers = (Offer("Next", "chat next chat=7"), Offer("Pause", "chat pause chat=7"))
    sent = await room.posts("Where we are.", offers=offers)
    assert (await room.content(sent))["body"] == (
        "Where we are.\n\nNext: `!edchat chat next chat=7`\nPause: `!edchat chat pause chat=7`"
    )


async def test_a_page_that_the_text_does_not_name_is_a_link_below(room: Speaking) -> None:
    page = Link("Open the archive", "https://edchat.example/a/2026")
    named = await room.posts(f"That was it: {page.url}", link=page)
    assert (await room.content(named))["body"] == f"That was it: {page.url}"
    sent = await room.posts("That was it.", link=page)
    assert (await room.content(sent))["body"] == f"That was it.\n\n[{page.label}]({page.url})"


async def test_a_text_that_points_to_a_message_ends_with_the_way_to_it(room: Speaking) -> None:
    said = await room.dana.says(room.room, "A1: often")
    content = await room.content(await room.does(Action.CARD, "Dana: often", about=said))
    text, link = content["body"].split("\n\n")
    assert text == "Dana: often"
    assert link.startswith("https://matrix.to/#/!")
    assert link.endswith(f"/{said}?via=localhost")


async def test_a_post_for_a_thread_is_a_notice_in_the_thread(room: Speaking) -> None:
    question = await room.posts("Q1")
    assert await room.does(Action.THREAD, "17 Nov Q1", target=question) == question
    content = await room.content(await room.posts("Q2 is asked.", target=question))
    assert content["msgtype"] == "m.notice"
    relation = content["m.relates_to"]
    assert (relation["rel_type"], relation["event_id"]) == ("m.thread", question)
    assert relation["is_falling_back"]


async def test_a_pin_takes_the_place_of_our_old_pin_and_leaves_those_of_people(room: Speaking) -> None:
    rules = await room.dana.says(room.room, "House rules")
    await room.dana.sets(room.room, "m.room.pinned_events", {"pinned": [rules]})
    questions = [await room.posts(text) for text in ("Q1", "Q2", "Q3")]
    for question in questions:
        assert await room.does(Action.PIN, target=question) == question
    pinned = await room.dana.state(room.room, "m.room.pinned_events")
    assert pinned["pinned"] == [rules, questions[-1]]
    before = len(await room.dana.events(room.room, "m.room.pinned_events"))
    await room.does(Action.PIN, target=questions[-1])
    assert len(await room.dana.events(room.room, "m.room.pinned_events")) == before


async def test_an_old_pin_of_ours_goes_also_when_somebody_pinned_by_hand_meanwhile(room: Speaking) -> None:
    first = await room.posts("Q1")
    async with room.store.begin() as tx:
        await tx.post(room.place, "Q1", (), "test.q1", room.ago(minutes=1))
        row = await tx.waiting_in(room.place.id)
        assert row is not None
        await tx.confirm(row, first, room.ago(minutes=1))
        await tx._put(room.place, Action.PIN, "pin", "test.pin", {}, room.ago(minutes=1), depends_on=row.id)
    await room.does(Action.PIN, target=first)
    rules = await room.dana.says(room.room, "House rules")
    await room.dana.sets(room.room, "m.room.pinned_events", {"pinned": [first, rules]})
    second = await room.posts("Q2")
    await room.does(Action.PIN, target=second)
    assert (await room.dana.state(room.room, "m.room.pinned_events"))["pinned"] == [rules, second]


async def shows(room: Speaking, chat: int, text: str) -> str:
    """Let a chat show a topic, or the one from before; gives what stands there then."""
    async with room.store.begin() as tx:
        key = f"topic.{next(room.keys)}"
        await tx._put(room.place, Action.TOPIC, "topic", key, {"text": text}, room.ago(), chat_id=chat)
        row = await tx.waiting_in(room.place.id)
    assert row is not None
    sent = await room.does(Action.TOPIC, text, key=key)
    async with room.store.begin() as tx:
        await tx.confirm(row, sent, room.ago())
    return await topic(room)


async def topic(room: Speaking) -> str:
    found: str = (await room.dana.state(room.room, "m.room.topic"))["topic"]
    return found


async def test_a_topic_is_shown_and_the_one_before_is_put_back(room: Speaking) -> None:
    chat = await open_chat(room.store, room.place)
    await room.dana.sets(room.room, "m.room.topic", {"topic": "Teachers of Lakeside"})
    for text in ("Q1 of 7", "Q2 of 7", "Q2 of 7"):
        assert await shows(room, chat, text) == text
    assert await shows(room, chat, "") == "Teachers of Lakeside"
    assert await shows(room, chat, "Q1 of 7") == "Q1 of 7"


@pytest.mark.parametrize("kept", [False, True])
async def test_a_topic_that_somebody_chose_in_mid_chat_stays_to_its_end(room: Speaking, kept: bool) -> None:
    chat = await open_chat(room.store, room.place)
    await room.dana.sets(room.room, "m.room.topic", {"topic": "Teachers of Lakeside"})
    await shows(room, chat, "Q1 of 7")
    rest = await room.dana.state(room.room, "m.room.topic") if kept else {}  # as programs do
    await room.dana.sets(room.room, "m.room.topic", rest | {"topic": "My own"})
    for text in ("Q2 of 7", "Q3 of 7", ""):
        assert await shows(room, chat, text) == "My own"
    async with room.store.begin() as tx:
        await tx.connection.execute(t.chat_place.update().values(live=False))
    following = await open_chat(room.store, room.place)
    assert [await shows(room, following, text) for text in ("Q1 of 7", "")] == ["Q1 of 7", "My own"]


async def test_an_edit_changes_words_and_offers_of_our_own_message(room: Speaking) -> None:
    sent = await room.posts("Q1: old", offers=(Offer("Next", "chat next"),))
    assert await room.does(Action.EDIT, "Q1: **new**", target=sent) == sent
    events = await room.dana.events(room.room, "m.room.message")
    content = events[-1]["content"]
    assert content["m.relates_to"] == {"rel_type": "m.replace", "event_id": sent}
    assert content["m.new_content"]["body"] == "Q1: **new**"
    assert content["body"] == "* Q1: **new**"
    latest = (await room.dana.event(room.room, sent))["unsigned"]["m.relations"]["m.replace"]
    assert latest["content"]["m.new_content"]["formatted_body"] == "<p>Q1: <strong>new</strong></p>"


async def test_a_receipt_is_a_digit_that_changes_and_goes_and_people_keep_theirs(room: Speaking) -> None:
    said = await room.dana.says(room.room, "A2: often")
    await room.dana.digits(room.room, said, 2)
    for text, signs in (("2", ["2"]), ("2", ["2"]), ("3", ["3"]), ("", [])):
        await room.does(Action.RECEIPT, text, target=said)
        assert await room.signs(said) == [f"{one}{KEYCAP}" for one in signs]
    events = await room.dana.events(room.room, "m.reaction")
    assert sum("m.relates_to" in one["content"] for one in events) == 1


async def test_a_card_is_made_once_changed_in_place_made_anew_when_deleted_and_taken_away(
    room: Speaking,
) -> None:
    question = await room.posts("Q1")
    out = room.out(Action.CARD, "ann: often", thread=question)
    card = await room.platform.send(out)
    assert await room.platform.send(out) == card
    assert (await room.content(card))["m.relates_to"]["event_id"] == question
    assert await room.does(Action.CARD, "ann: seldom", thread=question, target=card) == card
    await room.dana.redacts(room.room, card)
    again = await room.does(Action.CARD, "ann: never", thread=question, target=card)
    assert (await room.bodies())[-1] == "ann: never"
    for _ in range(2):
        assert await room.does(Action.CARD, "", thread=question, target=again) == ""
    assert "ann: never" not in await room.bodies()


async def test_what_is_no_message_here_is_impossible(room: Speaking) -> None:
    gone = await room.dana.says(room.room, "A1")
    await room.dana.redacts(room.room, gone)

    async def is_gone() -> bool:
        return not await room.content(gone)

    await seen(is_gone)
    for action in (Action.PIN, Action.EDIT, Action.RECEIPT):
        for target in ("c3.q1", None, "$no-such-event", gone):
            with pytest.raises(Impossible) as no:
                await room.does(action, "2", target=target)
            assert str(no.value) == refusals.MESSAGE_GONE
    with pytest.raises(Impossible, match="cannot be done"):
        await room.platform.send(Outgoing("k", room.place, Action.ENTRY))


@pytest.mark.parametrize(
    "letter", ["😀", *(pytest.param(one, marks=pytest.mark.slow) for one in ("&", "**a** ", '"\n'))]
)
async def test_even_the_longest_text_fits_a_message_and_its_edit(room: Speaking, letter: str) -> None:
    text = (letter * TEXT_LIMIT)[: TEXT_LIMIT - 1] + "x"
    sent = await room.posts(text)
    assert (await room.content(sent))["body"] == text
    assert await room.does(Action.EDIT, text, target=sent) == sent


async def test_b274_what_is_too_long_for_a_message_is_impossible_and_not_even_tried(room: Speaking) -> None:
    assert case("B274").expect.startswith("impossible")
    with pytest.raises(Impossible, match="at most 8,000 characters"):
        await room.posts("Q1: " + "x" * 70_000)
    assert await room.bodies() == []


async def test_a_post_into_a_room_that_is_not_ours_says_so(room: Speaking) -> None:
    await room.dana.acts_on(room.room, "kick", room.bot.user)
    with pytest.raises(Impossible) as no:
        await room.posts("Q1")
    assert str(no.value) == sentences.OUT_OF_ROOM


@pytest.mark.parametrize("version", ["10", "12"])
async def test_it_speaks_in_rooms_of_old_and_new_versions(
    people: People, tmp_path: Path, version: str
) -> None:
    async with speaking(people, tmp_path, version=version) as room:
        sent = await room.posts("Q1")
        await room.does(Action.PIN, target=sent)
        await room.does(Action.TOPIC, "Q1 of 7")
        assert (await room.dana.state(room.room, "m.room.pinned_events"))["pinned"] == [sent]

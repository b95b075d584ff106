"""What every chat network must be able to hear, and what it may never pass over."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from bot.core.actions import Action
from bot.core.hearing import Commanded, Deleted, Edited, Heard, Reacted, Said
from bot.core.model import Place, Role
from bot.platform import Ability
from tests.platforms.contract import on_message, post
from tests.support.ears import NotingEars, listening
from tests.support.networks import Network


def follows_places(net: Network) -> None:
    """Skip the test where every room is heard in which the bot is, since commands may be typed in each."""
    if net.name == "matrix":
        pytest.skip("every room is heard; what no chat listens for the inbox does not keep")


class Hearing:
    """What `Platform.listen` brings to the ears."""

    async def test_people_are_heard_with_their_words_threads_and_power(self, net: Network) -> None:
        platform, ears = net.platform(), NotingEars(net.place)
        question = await platform.send(post(net.place, "k1", "Q2: What works?"))
        async with listening(platform, ears):
            said = await net.person("Ana").say("A2: Groups — это работает 🧑‍🏫\nand time")
            replied = await net.host("Mod").reply(said, "How big?")
            await net.until(ears.has_heard(2))
        first, second = ears.heard()
        assert isinstance(first, Said)
        assert isinstance(second, Said)
        assert (first.id, first.text) == (said, "A2: Groups — это работает 🧑‍🏫\nand time")
        assert (first.author.name, first.author.power, first.reply_to) == ("Ana", Role.ANYONE, None)
        assert (second.id, second.reply_to) == (replied, said)
        assert (second.author.name, second.author.power) == ("Mod", Role.HOST)
        assert first.author.native_id != second.author.native_id
        assert first.at.utcoffset() is not None
        assert first.at <= second.at
        assert question not in (first.id, second.id)

    async def test_edits_deletions_and_reactions_are_heard_with_their_message(self, net: Network) -> None:
        platform, ears = net.platform(), NotingEars(net.place)
        ana = net.person("ana")
        async with listening(platform, ears):
            said = await ana.say("A1: one")
            await net.until(ears.has_heard(1))
            await ana.edit(said, "A2: two")
            await net.until(ears.has_heard(2))
            await ana.react(said, 3)
            await ana.unreact(said, 3)
            await net.until(ears.has_heard(4))
            await ana.delete(said)
            await net.until(ears.has_heard(5))
        kinds = [type(event) for event in ears.heard()]
        assert kinds == [Said, Edited, Reacted, Reacted, Deleted]
        assert {event.id for event in ears.heard()} == {said}
        edited, put, taken = ears.heard()[1:4]
        assert isinstance(edited, Edited)
        assert edited.text == "A2: two"
        reactions = [(event.number, event.removed) for event in (put, taken) if isinstance(event, Reacted)]
        assert reactions == [(3, False), (3, True)]

    async def test_a_typed_command_is_heard_as_one_without_its_name(self, net: Network) -> None:
        platform, ears = net.platform(), NotingEars(net.place, net.other)
        async with listening(platform, ears):
            await net.host("mod").types("!edchat chat next chat=7 after=3")
            await net.person("ana", net.other).types("!edchat")
            await net.until(ears.has_heard(2))
        commands = [event for event in ears.heard() if isinstance(event, Commanded)]
        said = {(event.author.name, event.text, event.author.power) for event in commands}
        assert said == {("mod", "chat next chat=7 after=3", Role.HOST), ("ana", "", Role.ANYONE)}
        assert len({event.id for event in commands}) == 2

    async def test_a_quoted_command_is_talk(self, net: Network) -> None:
        platform, ears = net.platform(), NotingEars(net.place)
        async with listening(platform, ears):
            await net.person("ana").say("> !edchat chat next\nWhat does that do?")
            await net.person("ana").say("`!edchat chat next`")
            await net.until(ears.has_heard(2))
        assert [type(event) for event in ears.heard()] == [Said, Said]

    async def test_the_bot_does_not_hear_itself(self, net: Network) -> None:
        platform, ears = net.platform(), NotingEars(net.place)
        async with listening(platform, ears):
            sent = await platform.send(post(net.place, "k1", "!edchat chat next"))
            if Ability.EDITS in platform.abilities:
                await on_message(platform, net.place, Action.EDIT, sent, "Q1")
            if Ability.RECEIPTS in platform.abilities:
                await on_message(platform, net.place, Action.RECEIPT, sent, "1")
            said = await net.person("ana").say("A1")
            await net.until(ears.has_heard(1))
        assert [event.id for event in ears.heard()] == [said]

    async def test_what_was_said_while_the_bot_was_away_is_heard_first(self, net: Network) -> None:
        ears, ana = NotingEars(net.place), net.person("ana")
        expected = [await ana.say(f"before {number}") for number in range(3)]
        for _ in range(3):
            async with listening(net.platform(), ears):
                expected.append(await ana.say("during"))
                await net.until(ears.has_heard(len(expected)))
            expected.append(await ana.say("between"))
        async with listening(net.platform(), ears):
            await net.until(ears.has_heard(len(expected)))
        assert [event.id for event in ears.heard()] == expected

    async def test_what_was_offered_but_not_stored_is_offered_again(self, net: Network) -> None:
        ears = NotingEars(net.place)
        ears.open.clear()
        said = await net.person("ana").say("A1")
        async with listening(net.platform(), ears):
            await net.until(lambda: bool(ears.offered))
        assert ears.heard() == []
        ears.open.set()
        async with listening(net.platform(), ears):
            await net.until(ears.has_heard(1))
        assert [event.id for event in ears.heard()] == [said]

    async def test_a_failing_storage_is_tried_again_and_nothing_is_passed_over(self, net: Network) -> None:
        ears = NotingEars(net.place)
        ears.failures = 2
        ana = net.person("ana")
        async with listening(net.platform(), ears):
            expected = [await ana.say("A1")]
            await net.until(lambda: bool(ears.offered))
            expected.append(await ana.say("A2"))
            await net.until(ears.has_heard(2))
        assert [event.id for event in ears.heard()] == expected
        assert ears.offered[0] == ears.offered[1] == ears.offered[2]

    async def test_one_place_that_cannot_be_stored_does_not_hold_up_another(self, net: Network) -> None:
        slow, quick = NotingEars(net.place), NotingEars(net.other)
        slow.failures = 1_000

        class Both(NotingEars):
            async def hear(self, place: Place, heard: Sequence[Heard], cursor: str) -> None:
                await (slow if place == net.place else quick).hear(place, heard, cursor)

        await net.person("ana").say("A1")
        async with listening(net.platform(), Both(net.place, net.other)):
            await net.until(lambda: bool(slow.offered))
            await net.person("ana", net.other).say("A1")
            await net.until(quick.has_heard(1))
        assert slow.heard() == []

    async def test_a_place_that_came_later_is_heard_from_its_beginning(self, net: Network) -> None:
        follows_places(net)
        platform, ears = net.platform(), NotingEars(net.place)
        async with listening(platform, ears):
            await net.person("ana").say("here")
            await net.until(ears.has_heard(1))
            await net.person("ana", net.other).say("there")
            await asyncio.sleep(0.05)
            assert ears.heard(net.other.native_id) == []
            ears.listened_to = (net.place, net.other)
            await platform.send(post(net.other, "k1", "Hello."))
            await net.until(ears.has_heard(1, net.other.native_id))

    async def test_a_place_that_was_left_is_heard_no_more(self, net: Network) -> None:
        follows_places(net)
        platform, ears = net.platform(), NotingEars(net.place)
        async with listening(platform, ears):
            await net.person("ana").say("one")
            await net.until(ears.has_heard(1))
            ears.listened_to = (net.other,)
            await platform.send(post(net.other, "k1", "Hello."))
            await net.person("ana", net.other).say("two")
            await net.until(ears.has_heard(1, net.other.native_id))
            await net.person("ana").say("three")
            await asyncio.sleep(0.05)
        assert len(ears.heard(net.place.native_id)) == 1


class HearingLong:
    """What takes long where saying something takes long."""

    async def test_a_long_absence_comes_in_batches_and_a_stop_between_them_loses_nothing(
        self, net: Network
    ) -> None:
        ears = NotingEars(net.place)
        ana = net.person("ana")
        expected = [await ana.say(f"message {number}") for number in range(1201)]
        while len(ears.heard()) < len(expected):
            async with listening(net.platform(), ears):
                await net.until(ears.has_heard(len(ears.heard()) + 1))
        assert [event.id for event in ears.heard()] == expected
        assert max(len(batch) for _, batch in ears.batches) <= 500

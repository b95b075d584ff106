"""What every chat network must be able to say and do; `contract_hearing` is the other half."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import URL

from bot.core.actions import Action
from bot.core.hearing import Said
from bot.core.model import Offer, Place
from bot.platform import Ability, Impossible, Outgoing, Platform
from bot.storage.store import Store
from tests.support.ears import NotingEars, listening
from tests.support.networks import Network

OFFERS = (
    Offer("Next question", "chat next chat=7 after=3"),
    Offer("Pause", "chat pause chat=7"),
    Offer("Questions", "chat plan chat=7", form=True),
)


def post(place: Place, key: str, text: str) -> Outgoing:
    """Make a post."""
    return Outgoing(key, place, Action.POST, text)


async def on_message(
    platform: Platform, place: Place, action: Action, target: str, text: str = "", key: str = ""
) -> str:
    """Do something to a message."""
    return await platform.send(
        Outgoing(key or f"{action} {target} {text}", place, action, text, target=target)
    )


def shown(net: Network, offers: tuple[Offer, ...]) -> tuple[Offer, ...]:
    """Give offers as people see them: where they are lines to be typed, a form is one more line."""
    return tuple(replace(one, form=False) for one in offers) if net.name == "matrix" else offers


def able(platform: Platform, ability: Ability) -> None:
    """Skip the test where a network cannot do this."""
    if ability not in platform.abilities:
        pytest.skip(f"{platform.name} has no {ability}")


class Speaking:
    """What comes of `Platform.send`."""

    async def test_a_post_stands_in_its_place_with_its_offers_under_the_id_that_came_back(
        self, net: Network
    ) -> None:
        out = Outgoing("k1", net.place, Action.POST, "Q1: What works?\nTell us — с чего начать?", OFFERS)
        sent = await net.platform().send(out)
        (seen,) = net.posts()
        assert (seen.id, seen.text, seen.offers) == (sent, out.text, shown(net, OFFERS))
        assert net.posts(net.other) == ()

    async def test_the_same_key_posts_once_also_after_a_crash(self, net: Network) -> None:
        first = net.platform()
        sent = [await first.send(post(net.place, "k1", "Q1")), await first.send(post(net.place, "k1", "Q1"))]
        sent.append(await net.platform().send(post(net.place, "k1", "Q1")))
        assert len(set(sent)) == 1
        assert [seen.text for seen in net.posts()] == ["Q1"]

    async def test_equal_words_under_two_keys_are_two_posts(self, net: Network) -> None:
        platform = net.platform()
        ids = {await platform.send(post(net.place, key, "Q1")) for key in ("k1", "k2")}
        assert len(ids) == 2
        assert len(net.posts()) == 2

    async def test_posts_stand_in_the_order_in_which_they_were_sent(self, net: Network) -> None:
        platform = net.platform()
        for number in range(20):
            await platform.send(post(net.place, f"k{number}", f"Q{number}"))
            await platform.send(post(net.place, f"k{number - 1}", f"Q{number - 1}")) if number else None
        assert [seen.text for seen in net.posts()] == [f"Q{number}" for number in range(20)]

    async def test_a_whisper_is_seen_by_one_person_only_and_once(self, net: Network) -> None:
        platform = net.platform()
        able(platform, Ability.WHISPERS)
        await net.person("ana").say("hello")
        out = Outgoing("w1", net.place, Action.WHISPER, "3 are unanswered.", OFFERS[:1], person="mod")
        assert await platform.send(out) == await net.platform().send(out)
        assert [(seen.text, seen.offers) for seen in net.whispers("mod")] == [
            ("3 are unanswered.", OFFERS[:1])
        ]
        assert net.whispers("ana") == net.posts() == ()

    async def test_a_thread_hangs_on_a_message_and_people_speak_in_it(self, net: Network) -> None:
        platform, ears = net.platform(), NotingEars(net.place)
        able(platform, Ability.THREADS)
        question = await platform.send(post(net.place, "k1", "Q2: What works?"))
        thread = await on_message(platform, net.place, Action.THREAD, question, "Q2")
        assert await on_message(net.platform(), net.place, Action.THREAD, question, "Q2") == thread
        assert net.threads() == {question: "Q2"}
        async with listening(platform, ears):
            await net.person("ana").in_thread("q2").say("Small groups.")
            await net.until(lambda: bool(ears.heard()))
        (heard,) = ears.heard()
        assert isinstance(heard, Said)
        assert heard.thread == thread

    async def test_a_new_pin_takes_the_place_of_the_old_one(self, net: Network) -> None:
        platform = net.platform()
        able(platform, Ability.PINS)
        questions = [await platform.send(post(net.place, key, key)) for key in ("k1", "k2")]
        for question in questions:
            await on_message(platform, net.place, Action.PIN, question)
        assert net.pinned() == questions[1]

    async def test_the_topic_is_what_was_wished_last(self, net: Network) -> None:
        platform = net.platform()
        able(platform, Ability.TOPICS)
        for topic in ("Q1 of 7", "Q2 of 7", "Q1 of 7"):
            await platform.send(Outgoing("topic", net.place, Action.TOPIC, topic))
            assert net.topic() == topic

    async def test_an_edit_changes_text_and_offers_in_place(self, net: Network) -> None:
        platform = net.platform()
        able(platform, Ability.EDITS)
        sent = await platform.send(Outgoing("k1", net.place, Action.POST, "Q1: old", OFFERS))
        await on_message(platform, net.place, Action.EDIT, sent, "Q1: new")
        assert [(seen.id, seen.text, seen.offers) for seen in net.posts()] == [(sent, "Q1: new", ())]

    async def test_a_receipt_is_put_on_a_message_once(self, net: Network) -> None:
        platform = net.platform()
        able(platform, Ability.RECEIPTS)
        answer = await net.person("ana").say("A2: often")
        for again in (platform, platform, net.platform()):
            await on_message(again, net.place, Action.RECEIPT, answer, "2")
        assert [seen.receipts for seen in net.messages()] == [("2",)]

    async def test_what_cannot_be_done_ever_is_impossible(self, net: Network) -> None:
        platform = net.platform()
        able(platform, Ability.RECEIPTS)
        ana = net.person("ana")
        gone = await ana.say("A2: often")
        await ana.delete(gone)
        with pytest.raises(Impossible):
            await on_message(platform, net.place, Action.RECEIPT, gone, "2")

    async def test_a_text_at_the_limit_is_taken_and_a_longer_one_never_cut(self, net: Network) -> None:
        platform = net.platform()
        await platform.send(post(net.place, "k1", "x" * platform.text_limit))
        with pytest.raises(Impossible):
            await platform.send(post(net.place, "k2", "x" * (platform.text_limit + 1)))
        assert [len(seen.text) for seen in net.posts()] == [platform.text_limit]

    async def test_nothing_is_sent_inside_a_write_transaction(self, net: Network, tmp_path: Path) -> None:
        url = URL.create("sqlite+aiosqlite", database=str(tmp_path / "edchat.db"))
        async with Store(url, readers=0) as store, store.begin():
            with pytest.raises(RuntimeError):
                await net.platform().send(post(net.place, "k1", "Q1"))
        assert net.posts() == ()
        await net.platform().send(post(net.place, "k1", "Q1"))
        assert len(net.posts()) == 1

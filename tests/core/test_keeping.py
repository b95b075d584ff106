"""What a question's post says of how long it is on, kept true whatever hosts do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.core import drafting, running, sentences, steering
from bot.core.effects import Moment, Say, Wish
from bot.core.keeping import kept_in_step, timed
from bot.core.model import ChatState
from bot.core.running import advance
from bot.core.state import Change, Links, Running
from bot.core.telling import announcing
from tests.support.pure_evening import EIGHT, MINUTE, SECOND, PureEvening, planned

FIRST = 6
"""The minutes before the first question."""


def at(minutes: float) -> PureEvening:
    evening = PureEvening(planned(4))
    evening.until(EIGHT + minutes * MINUTE)
    return evening


def shown(before: Running, change: Change) -> dict[str, list[tuple[str, float]]]:
    """Give what posts say from now on of what comes after them, in minutes after eight."""
    effects = (*timed(change.effects, change.state), *kept_in_step(before, change.state))
    asked = {f"q{one.question}": one for one in effects if isinstance(one, Say) and one.question}
    retold = {one.on: one for one in effects if isinstance(one, Wish) and one.instants}
    posts: dict[str, Say | Wish] = {**asked, **retold}
    return {on: [said(one) for one in post.moments] for on, post in posts.items()}


def said(moment: Moment) -> tuple[str, float]:
    assert moment.below
    return moment.words, (moment.at - EIGHT) / MINUTE


def acting(minutes: float, do: Callable[..., Change], *args: object) -> dict[str, list[tuple[str, float]]]:
    state = at(minutes).state
    return shown(state, do(state, *args, EIGHT + minutes * MINUTE))


def test_each_question_says_when_the_next_one_comes_and_the_last_one_when_the_hour_wraps_up() -> None:
    evening = at(FIRST - 1)
    starts = [(step - EIGHT) / MINUTE for step in evening.asks]
    wrap = (evening.state.wrap_at - EIGHT) / MINUTE
    for number, minute in enumerate(starts, 1):
        evening.until(EIGHT + minute * MINUTE - SECOND)
        change = advance(evening.state, EIGHT + minute * MINUTE)
        comes = ("Next question", starts[number]) if number < len(starts) else ("Wrap-up", wrap)
        assert shown(evening.state, change) == {f"q{number}": [comes]}, "and nobody is told again"


def test_more_time_moves_what_the_post_says() -> None:
    evening = at(FIRST + 1)
    due = (evening.asks[0] - EIGHT) / MINUTE
    change = steering.extend(evening.state, "Ana", 2, evening.now)
    assert shown(evening.state, change) == {"q1": [("Next question", due + 2)]}
    [retold] = [one for one in kept_in_step(evening.state, change.state) if isinstance(one, Wish)]
    assert retold.text == "Q1: Question 1?"
    assert retold.offers == sentences.question_offers(evening.state.chat, evening.state.questions[0])


def test_a_question_that_comes_early_is_told_where_it_was_awaited() -> None:
    told = acting(FIRST + 2, lambda state, now: steering.next_question(state, "Ana", now))
    assert told["q1"] == [("Next question", FIRST + 2)]
    assert [words for words, _ in told["q2"]] == ["Next question"]


def test_while_a_host_pauses_nothing_is_said_to_come() -> None:
    evening = at(FIRST + 1)
    paused = steering.pause(evening.state, "Ana", evening.now)
    assert shown(evening.state, paused) == {"q1": []}
    due = (evening.asks[0] - EIGHT) / MINUTE
    resumed = steering.resume(paused.state, "Ana", evening.now + 5 * MINUTE)
    assert shown(paused.state, resumed) == {"q1": [("Next question", due + 5)]}


def test_when_no_question_is_left_the_wrap_up_comes() -> None:
    evening = at(FIRST + 1)
    for number in (2, 3):
        evening.act(lambda state, number=number: steering.skip(state, "Ana", evening.now, number))
    change = steering.skip(evening.state, "Ana", evening.now, 4)
    assert [words for words, _ in shown(evening.state, change)["q1"]] == ["Wrap-up"]


def test_an_hour_ended_early_says_so_under_its_last_question() -> None:
    assert acting(FIRST + 1, lambda state, now: steering.end(state, "Ana", now)) == {
        "q1": [("The end", FIRST + 1)]
    }


def test_a_question_that_nobody_saw_gives_the_one_before_it_its_time_back() -> None:
    evening = at(FIRST + 32)
    evening.nobody_saw()
    before = evening.state
    assert before.current is not None
    number, change = before.current.position, steering.take_back(before, evening.now)
    assert [*shown(before, change)] == [f"q{number - 1}"]


def test_a_reworded_question_keeps_its_time() -> None:
    evening = at(FIRST + 1)
    change = drafting.edit(evening.state, 1, "Better?", evening.now)
    [edit, _] = timed(change.effects, change.state)
    assert isinstance(edit, Wish)
    assert edit.text == "Q1: Better?"
    assert [words for words, _ in map(said, edit.moments)] == ["Next question"]


def test_a_question_that_fills_its_post_says_nothing_more() -> None:
    evening = at(FIRST + 1)
    long = evening.state.with_question(1, text="x" * 1_901)
    change = steering.extend(long, "Ana", 2, evening.now)
    assert shown(long, change) == {}
    asked = Say("q1", "Q1: x", question=1)
    assert timed((asked,), replace(long, chat=long.chat)) == (asked,)


def test_whatever_names_an_instant_carries_it() -> None:
    evening = PureEvening(planned(4))
    noon = evening.now
    told = [
        *running.announce(evening.state).effects,
        *steering.move(running.announce(evening.state).state, EIGHT + 60 * MINUTE, noon).effects,
        *steering.cancel(evening.state, "", noon).effects,
    ]
    evening.until(EIGHT + 15 * MINUTE)
    paused = steering.pause(evening.state, "Ana", evening.now)
    told += steering.resume(paused.state, "Ana", evening.now + MINUTE).effects
    evening.state = replace(evening.state, next_at=EIGHT + timedelta(days=7))
    evening.until(EIGHT + 60 * MINUTE)
    named = [one for one in [*told, *evening.said] if isinstance(one, Say)]
    timely = {one.subject.partition(".")[0]: one for one in named if one.moments}
    assert {"announce", "moved", "cancelled", "resumed", "remind", "wrap"} <= timely.keys()
    for said in timely.values():
        assert all(one.words in said.text for one in said.moments), said
    assert len(timely["moved"].moments) == 2


def announced_with(before: Running, after: Running) -> list[str]:
    """Give what the announcement says from now on, where it is told again."""
    return [one.text for one in kept_in_step(before, after) if isinstance(one, Wish) and one.on == "announce"]


def test_an_announcement_follows_the_plan_until_the_chat_begins() -> None:
    before = at(-60).state
    for change in (
        drafting.add(before, "New?", EIGHT - 60 * MINUTE),
        drafting.reorder(before, (2, 1, 3, 4), EIGHT - 60 * MINUTE),
        drafting.edit(before, 4, "Reworded?", EIGHT - 60 * MINUTE),
        steering.move(before, EIGHT + 60 * MINUTE, EIGHT - 60 * MINUTE),
    ):
        assert announced_with(before, change.state) == [announcing(change.state).text]
    assert announced_with(before, before) == []
    unannounced = before.with_chat(state=ChatState.PLANNED)
    assert announced_with(unannounced, drafting.add(unannounced, "New?", EIGHT).state) == []
    begun = at(1).state
    assert announced_with(begun, drafting.add(begun, "New?", EIGHT + MINUTE).state) == []


def test_an_announcement_that_is_told_again_still_keeps_the_way_in_from_those_who_are_in() -> None:
    before = replace(at(-60).state, links=Links(join="https://chat.example/join"))
    after = drafting.add(before, "New?", EIGHT - 60 * MINUTE).state
    [again] = (one for one in kept_in_step(before, after) if isinstance(one, Wish))
    assert "https://chat.example/join" in again.said_in(guests=False, readers=None)
    inside = again.said_in(guests=False, readers=None, inside=True)
    assert "New?" in inside
    assert "https://" not in inside

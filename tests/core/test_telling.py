"""Posts that say in each place what is true there."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from bot.core import sentences
from bot.core.effects import Enter, Entry, Say, for_guests
from bot.core.model import ChatState, Visibility
from bot.core.sentences import sharing
from bot.core.sharing import caught_up
from bot.core.state import Links, Running
from bot.core.telling import announcing, opening
from tests.support.pure_evening import EIGHT, MINUTE, PureEvening, planned

LINKS = Links(
    "https://chat.example/join/secret", "https://chat.example/page/", "https://chat.example/event.ics"
)


def shared(owners: str = "Commons") -> Running:
    return replace(planned(4), owners=owners, links=LINKS)


@given(readers=st.sampled_from(Visibility), guests=st.booleans(), owners=st.sampled_from(["", "Commons"]))
def test_a_welcome_says_in_each_place_who_reads_what_is_said_there(
    readers: Visibility, guests: bool, owners: str
) -> None:
    said = opening(shared(owners)).said_in(guests=guests and bool(owners), readers=readers)
    truth = sharing.read_there(readers, owners) if guests and owners else sentences.READERS[readers.value]
    others = {one for one in sentences.READERS.values() if one != truth}
    assert truth in said
    assert not [one for one in others if one in said]
    assert ("held in several places" in said) is bool(owners)
    assert ("It is Commons's." in said) is (guests and bool(owners))


def test_a_rehearsal_is_no_chat_in_several_places() -> None:
    assert opening(shared().with_chat(rehearsal=True)).variants == ()


def test_a_hashtag_that_is_the_name_is_not_said_twice() -> None:
    named = replace(shared(), series=replace(shared().series, title="#mathchat", hashtag="#mathchat"))
    assert announcing(named.with_chat(topic="")).text.splitlines()[0] == "Next chat: #mathchat"
    assert announcing(named.with_chat(topic="Tasks")).text.splitlines()[0] == "Next chat: Tasks #mathchat"


def test_no_announcement_takes_guests_into_the_owners_rooms_or_anybody_to_where_they_are() -> None:
    told = announcing(shared())
    at_home, there = (told.said_in(guests=guests, readers=None) for guests in (False, True))
    assert LINKS.join in at_home
    assert LINKS.join not in there
    assert LINKS.page in there
    assert told.said_in(guests=False, readers=None, inside=True) == there
    entry = Entry("Homework", "", EIGHT, EIGHT + 60 * MINUTE, LINKS.join)
    assert for_guests(Enter(entry), LINKS.page) == Enter(replace(entry, where=LINKS.page))
    assert for_guests(Enter(None), LINKS.page) == Enter(None)


@given(minutes=st.integers(0, 80), questions=st.integers(1, 8))
def test_a_place_that_comes_in_late_gets_the_question_that_is_on_and_no_other(
    minutes: int, questions: int
) -> None:
    evening = PureEvening(replace(planned(questions), owners="Commons"))
    evening.until(EIGHT + minutes * MINUTE)
    state = evening.state
    asked = [one.question for one in caught_up(state) if isinstance(one, Say) and one.question]
    welcomed = [one for one in caught_up(state) if isinstance(one, Say) and one.subject == "open"]
    on = state.current if state.chat.state is ChatState.OPEN else None
    assert asked == ([on.position] if on else [])
    assert len(welcomed) == (state.chat.state is ChatState.OPEN)


def test_a_place_that_comes_in_before_the_chat_gets_its_announcement_only_where_it_was_announced() -> None:
    told = [one for one in caught_up(shared()) if isinstance(one, Say)]
    assert told == []
    announced = shared().with_chat(state=ChatState.ANNOUNCED)
    assert [one.subject for one in caught_up(announced) if isinstance(one, Say)] == ["announce"]

"""The page of a chat that was held: picks before the rest, the hour as a table, and where words come from."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

from tests.support.archive_seed import PEOPLE
from tests.support.reading_room import ReadingRoom, reading_room
from tests.web.test_chat_page import answers, between

VIEWS = ("?view=all", "?view=time", "?view=person", "print/")
KNOWN: Final = {
    "DiscussionForumPosting": (
        "url headline text datePublished author about commentCount comment",
        "headline text datePublished author",
    ),
    "Comment": ("url text datePublished author comment", "text datePublished author"),
    "Event": (
        "name startDate endDate eventAttendanceMode eventStatus location organizer description",
        "name startDate location",
    ),
    "VirtualLocation": ("url", "url"),
    "Person": ("name url", "name"),
    "Organization": ("name url", "name"),
}
"""The properties that schema.org has for each type, as far as ours go, and those that its readers demand."""
CALLED_OFF: Final = "{}firstyears/2026-11-29/"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[ReadingRoom]:
    async with reading_room(tmp_path) as made:
        yield made


def question(page: str, number: int) -> str:
    """What stands under a question."""
    return between(page, f'<section class="q" id="q{number}"', "</section>")


async def none_picked(room: ReadingRoom) -> None:
    """Let hosts have picked nothing."""
    await room.change("UPDATE message SET picked_at = NULL", chat=room.archive.held)


async def pick(room: ReadingRoom, number: int, place: int) -> str:
    """Have a host pick one of the answers that stand under a question; gives its id."""
    found = answers(question(await room.get(f"{room.held}?view=time&{number}"), number))
    found = found or answers(question(await room.get(room.held), number))
    change = "UPDATE message SET picked_at = said_at WHERE public_id = :id"
    await room.change(change, chat=room.archive.held, id=found[place])
    return found[place]


async def test_what_hosts_picked_stands_first_and_the_rest_of_that_question_is_folded(
    room: ReadingRoom,
) -> None:
    await none_picked(room)
    late = await pick(room, 2, -1)
    asked = question(await room.get(room.held), 2)
    first, _, fold = asked.partition('<details class="more">')
    assert answers(first)[0] == late
    assert "★ host’s pick" in first
    rest = [one for one in re.findall(r'aria-label="Report this answer', fold) if one]
    assert f"Show the other {len(rest)} answers to Q2" in fold
    assert len(rest) > 3


async def test_one_other_answer_is_one_and_not_many(room: ReadingRoom) -> None:
    await none_picked(room)
    two = "SELECT message_id FROM filing WHERE question_id = 3 LIMIT 2"
    await room.change(f"DELETE FROM filing WHERE question_id = 3 AND message_id NOT IN ({two})")
    await pick(room, 3, 0)
    assert "<summary>Show the other answer to Q3</summary>" in await room.get(room.held)


async def test_where_nothing_was_picked_nothing_is_folded(room: ReadingRoom) -> None:
    await none_picked(room)
    assert '<details class="more">' not in await room.get(room.held)
    assert "Open every answer" not in await room.get(room.held)
    await pick(room, 2, 0)
    page = await room.get(room.held)
    assert '<details class="more">' in question(page, 2)
    assert all('<details class="more">' not in question(page, number) for number in (1, 3, 4, 5, 6))


async def test_in_the_hour_answers_stand_as_they_came_whatever_was_picked(room: ReadingRoom) -> None:
    before = answers(await room.get(room.live))
    change = "UPDATE message SET picked_at = said_at WHERE public_id = :id"
    await room.change(change, chat=room.archive.live, id=before[-1])
    page = await room.get(room.live)
    assert answers(page) == before
    assert '<details class="more">' not in page


async def test_everything_open_is_a_press_away_and_on_paper_nothing_is_folded(room: ReadingRoom) -> None:
    page = await room.get(room.held)
    assert '<details class="more">' in page
    assert f'<a href="{room.held}?view=all">Open every answer</a>' in page
    for view in ("?view=all", "print/"):
        other = await room.get(room.held + view)
        assert '<details class="more">' not in other
        assert answers(other) == answers(page)


@pytest.mark.parametrize("view", VIEWS)
async def test_other_views_are_no_pages_of_their_own_to_search_engines(room: ReadingRoom, view: str) -> None:
    page = await room.get(room.held + view)
    assert '<meta name="robots" content="noindex">' in page
    assert f'<link rel="canonical" href="{room.base}{room.held}">' in page


async def test_comments_stand_below_their_answer_and_what_replies_to_nothing_on_it_does_not(
    room: ReadingRoom,
) -> None:
    page = await room.get(room.held)
    below = re.findall(r'<ol class="re">(.*?)</ol>', page, re.DOTALL)
    comments = [one for some in below for one in answers(some)]
    assert len(comments) > 10
    assert page.count('aria-label="Report this comment') == len(comments)


async def test_the_hour_is_a_table_too_with_every_bar_and_question(room: ReadingRoom) -> None:
    page = await room.get(room.held)
    minutes = between(page, "<caption>Answers in each minute</caption>", "</table>")
    row = r'<tr><th scope="row">(\d+:\d\d [ap]m)</th><td>(\d+)</td><td>([Q\d, ]*)</td></tr>'
    rows = re.findall(row, minutes)
    assert rows[0] == ("8:04 pm", rows[0][1], "Q1")
    assert " ".join(asked for _, _, asked in rows).split() == [f"Q{k}" for k in range(1, 7)]
    bars = between(page, '<svg class="hour"', "</svg>").count('<rect class="b"')
    assert len([said for _, said, _ in rows if said != "0"]) == bars
    within = re.search(r"(\d+) answers came during the hour", page)
    assert within
    assert sum(int(said) for _, said, _ in rows) == int(within[1])


async def test_it_says_on_which_network_each_was_said_and_how_many_there(room: ReadingRoom) -> None:
    page = await room.get(room.held)
    for network in ("Browser", "Discord"):
        each = len(re.findall(rf"</b>(?:<span>host</span>)?<span>{network}</span>", page))
        assert f"<li><bdi>{network}</bdi>: {each} answers and comments</li>" in page
        assert each > 5


async def test_in_one_place_alone_no_network_is_named(room: ReadingRoom) -> None:
    await room.change("DELETE FROM chat_place WHERE place_id != 1", chat=room.archive.held)
    page = await room.get(room.held)
    assert "<span>Discord</span>" not in page
    assert "answers and comments</li>" not in page


@pytest.mark.parametrize(
    ("how", "beside", "told"),
    [
        ("label", "", "1 answer names its question itself, as in A1"),
        ("thread", "", "1 answer was written in its question’s thread"),
        ("form", "", "1 answer was given by the form under its question"),
        ("reply", "as a reply to the question", "1 answer belongs to its question because it replies to it"),
        ("reaction", "filed by a reaction", "1 answer was put under its question by a reaction"),
        ("moderator", "filed by a host", "1 answer was put under its question by a host"),
    ],
)
async def test_it_says_how_answers_were_filed_and_beside_those_whose_writers_did_not_say_so(
    room: ReadingRoom, how: str, beside: str, told: str
) -> None:
    one = "(SELECT message_id FROM filing WHERE question_id = 2 LIMIT 1)"
    other = "label" if how != "label" else "thread"
    filed = f"UPDATE filing SET how = iif(message_id = {one}, :how, :other)"
    await room.change(filed, chat=room.archive.held, how=how, other=other)
    page = await room.get(room.held)
    assert f"<li>{told}</li>" in page
    assert page.count(f"<span>{beside}</span>") == (1 if beside else 0)
    assert "filed by" not in page if not beside else page


async def test_an_answer_under_two_questions_says_of_each_how_it_came_there(room: ReadingRoom) -> None:
    await room.change(
        "INSERT INTO filing (message_id, question_id, how, filed_at)"
        " SELECT message_id, 2, 'moderator', filed_at FROM filing WHERE question_id = 1 LIMIT 1",
        chat=room.archive.held,
    )
    page = await room.get(f"{room.held}?view=all")
    assert "filed by a host" not in question(page, 1)
    assert question(page, 2).count("<span>filed by a host</span>") == 1


async def test_a_place_that_the_bot_had_to_leave_is_a_gap_with_its_time(room: ReadingRoom) -> None:
    assert "Complete so far: every place of the chat is heard." in await room.get(room.held)
    left = "UPDATE place SET left_at = '2026-11-18 01:40:00' WHERE platform = 'discord'"
    await room.change(left, chat=room.archive.held)
    page = await room.get(room.held)
    assert "Complete" not in page
    assert "Not complete: the bot had to leave edchat at 8:40\xa0pm\xa0ET;" in page


@pytest.mark.parametrize("view", ["time", "person"])
async def test_in_other_orders_a_comment_says_so_and_on_whose_answer_it_is(
    room: ReadingRoom, view: str
) -> None:
    usual = await room.get(room.held)
    below = answers("".join(re.findall(r'<ol class="re">(.*?)</ol>', usual, re.DOTALL)))
    page = await room.get(f"{room.held}?view={view}")
    entries = re.findall(r'<li( class="re-on")?><div class="a" id="a-(\w+)">(.*?)</p>', page, re.DOTALL)
    assert sorted(one for mark, one, _ in entries if mark) == sorted(below)
    assert len(entries) > len(below) > 3
    for mark, _one, head in entries:
        said = re.search(r'<span class="as">comment on an answer by <a href="#a-(\w+)"><bdi>', head)
        assert (said is not None, "link to this comment by" in head) == (bool(mark), bool(mark))
        assert said is None or f'id="a-{said[1]}"' in page


async def test_by_person_a_name_stands_in_its_heading_alone(room: ReadingRoom) -> None:
    page = await room.get(f"{room.held}?view=person")
    name = between(page, '<h2 id="g1"><bdi>', "</bdi>")
    words = re.sub(r"<[^>]*>", " ", between(page, '<section class="q" aria-labelledby="g1"', "</section>"))
    assert (name in PEOPLE, words.count(name)) == (True, 1)
    assert f"<b><bdi>{name}</bdi></b>" in await room.get(f"{room.held}?view=time")


async def test_two_people_of_one_name_stay_two_by_person(room: ReadingRoom) -> None:
    await room.change("UPDATE person SET name = 'Sam' WHERE id IN (2, 3, 4)", chat=room.archive.held)
    page = await room.get(f"{room.held}?view=person")
    names = re.findall(r'<h2 id="g\d+"><bdi>(.*?)</bdi></h2>', page)
    assert names.count("Sam") == 3
    assert sorted(answers(page)) == sorted(answers(await room.get(room.held)))


def things(data: Any) -> Iterator[dict[str, Any]]:
    """Everything that has a type, however deep it stands."""
    if isinstance(data, list):
        for one in data:
            yield from things(one)
    elif isinstance(data, dict):
        yield data
        yield from things(list(data.values()))


async def linked(room: ReadingRoom, path: str) -> dict[str, Any]:
    """What a page tells search engines."""
    told = between(await room.get(path), '<script type="application/ld+json">', "</script>")
    found: dict[str, Any] = json.loads(told)
    return found


async def test_what_search_engines_are_told_is_what_schema_org_knows_and_nothing_in_it_is_empty(
    room: ReadingRoom,
) -> None:
    await room.change("DELETE FROM filing WHERE question_id IN (2, 7)", chat=room.archive.held)
    await room.change("UPDATE series SET about = ''")
    for path, kind in (
        (room.held, "DiscussionForumPosting"),
        (room.live, "DiscussionForumPosting"),
        (f"{room.home}inquirychat/2026-11-24/", "Event"),
        (CALLED_OFF.format(room.home), "Event"),
        (room.home, "Event"),
    ):
        data = await linked(room, path)
        assert (data["@context"], data["@type"]) == ("https://schema.org", kind)
        for thing in things(data):
            may, must = (words.split() for words in KNOWN[thing["@type"]])
            assert set(must) <= set(thing) <= {*may, "@type", "@id", "@context"}
            assert all(value not in ("", [], None) for value in thing.values())
            for name in {"datePublished", "startDate", "endDate"} & thing.keys():
                assert datetime.fromisoformat(thing[name]).utcoffset() is not None
            if "datePublished" in thing:
                assert datetime.fromisoformat(thing["datePublished"]) <= room.clock.now()
            assert thing.get("url", room.base).startswith(room.base)


async def test_search_engines_are_told_that_a_chat_is_called_off_and_not_of_a_talk(room: ReadingRoom) -> None:
    data = await linked(room, CALLED_OFF.format(room.home))
    assert data["eventStatus"] == "https://schema.org/EventCancelled"
    ahead = await linked(room, f"{room.home}inquirychat/2026-11-24/")
    assert ahead["eventStatus"] == "https://schema.org/EventScheduled"


async def test_a_talk_in_which_nothing_was_asked_has_no_empty_list(room: ReadingRoom) -> None:
    held = room.archive.held
    asked = "(SELECT id FROM question WHERE chat_id = :chat_id)"
    await room.change(f"DELETE FROM filing WHERE question_id IN {asked}", chat_id=held)
    await room.change("DELETE FROM question WHERE chat_id = :chat_id", chat=held, chat_id=held)
    assert "comment" not in await linked(room, room.held)


async def test_search_engines_are_told_of_picked_answers_before_others_and_find_each_on_the_page(
    room: ReadingRoom,
) -> None:
    await none_picked(room)
    late, lasting = await pick(room, 2, -1), f"{room.base}{room.home}a/"
    page = await room.get(room.held)
    data = json.loads(between(page, '<script type="application/ld+json">', "</script>"))
    asked = data["comment"][1]
    assert asked["comment"][0]["url"] == f"{room.base}{room.home}a/{late}"
    told = [thing["url"] for thing in things(data["comment"]) if "url" in thing]
    said = [one.removeprefix(lasting) for one in told if one.startswith(lasting)]
    questions = [one.partition("#")[2] for one in told if not one.startswith(lasting)]
    assert (len(said) > 9, questions) == (True, [f"q{number}" for number in range(1, 7)])
    assert all(f'id="{mark}"' in page for mark in (*questions, *(f"a-{one}" for one in said)))

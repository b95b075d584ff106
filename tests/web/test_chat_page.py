"""The page of a chat over HTTP: before, in its hour and afterwards, for who may read it and for others."""

from __future__ import annotations

import gc
import json
import re
import weakref
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.core.archive.folding import alphabetical
from bot.core.archive.orders import BY_TIME
from bot.core.audience import Audience
from bot.core.model import Visibility
from bot.storage.store import Store
from bot.web.cache import finished
from bot.web.pages.chat import USUAL, View, render
from tests.support.archive_seed import AHEAD, PEOPLE, QUESTIONS, TOPIC
from tests.support.reading_room import ReadingRoom, reading_room


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[ReadingRoom]:
    async with reading_room(tmp_path) as made:
        yield made


CONSENT = (
    "INSERT INTO consent (person_id, community_id, {}, changed_at)"
    " SELECT person_id, 1, said_at, said_at FROM message WHERE public_id = :id"
)


def between(page: str, start: str, end: str) -> str:
    """The part of a page between two marks."""
    return page.partition(start)[2].partition(end)[0]


def answers(page: str) -> list[str]:
    """The ids of the answers and comments on a page."""
    return re.findall(r'class="a" id="a-(\w+)"', page)


def elsewhere(page: str) -> list[tuple[str, str]]:
    """The questions of which the contents say that they stand on another part, and on which."""
    return re.findall(r'<li><a href="[^"]*#q(\d)">(?:(?!</li>).)*<small>Part (\d)</small>', page)


async def test_it_has_every_question_with_its_answers_and_each_answer_once(room: ReadingRoom) -> None:
    page = await room.get(room.held)
    assert re.findall(r'<section class="q" id="(q\d)"', page) == [f"q{k}" for k in range(1, 7)]
    for question in QUESTIONS:
        assert question in page
    found = answers(page)
    assert len(found) == len(set(found)) > 40
    said = [int(n) for n in re.findall(r"Asked at [^.]+\. (\d+) answers?", page)]
    assert sum(said) == 40


async def test_an_answer_to_two_questions_has_one_id(room: ReadingRoom) -> None:
    await room.change(
        "INSERT INTO filing (message_id, question_id, how, filed_at)"
        " SELECT message_id, 2, how, filed_at FROM filing WHERE question_id = 1 LIMIT 1",
        chat=room.archive.held,
    )
    found = answers(await room.get(room.held))
    assert len(found) == len(set(found))


async def test_a_time_is_a_link_that_says_so_and_stands_beside_what_it_links(room: ReadingRoom) -> None:
    page = await room.get(room.held)
    lasting = rf"{room.home}a/(\w+)"
    linked = re.findall(rf'id="a-(\w+)"><a class="t" href="{lasting}"[^>]*>[\d:]+<i>Link</i></a>', page)
    assert [one for one, _ in linked] == [there for _, there in linked] == answers(page)


async def test_of_a_question_its_table_counts_those_who_answered_as_its_heading_does(
    room: ReadingRoom,
) -> None:
    for ends in ("", "UPDATE chat SET ends_at = '2026-11-20 02:00:00.000000' WHERE id = :id"):
        if ends:
            await room.change(ends, chat=room.archive.held, id=room.archive.held)
        page = await room.get(room.held)
        table = re.findall(r'<th scope="row">Q\d</th><td>[^<]*</td><td>(\d+)</td><td>(\d+)</td>', page)
        assert table == re.findall(r"(\d+) answers? from (\d+) (?:people|person)\.", page)
        assert len(table) == 6
        assert ("Its days at a glance" in page) is bool(ends)


async def test_to_print_it_one_is_told_how_and_led_back_and_nowhere_else(room: ReadingRoom) -> None:
    page, told = (
        await room.get(f"{room.held}print/"),
        "Print this page with your browser; every answer is open.",
    )
    assert f'{told} <a href="{room.held}">Back to the chat</a>' in page
    assert "print/" not in between(page, "<main", "</main>")
    assert told not in await room.get(f"{room.held}?view=all")


async def test_what_only_some_may_read_says_so(tmp_path: Path) -> None:
    only = "Only members read this page."
    async with reading_room(tmp_path, visibility=Visibility.MEMBERS) as room:
        cookie = await room.sign_in()
        for path in (room.held, f"{room.home}inquirychat/2026-11-24/"):
            assert only in await room.get(path, Cookie=cookie)
    async with reading_room(tmp_path / "public") as room:
        assert "read this page" not in await room.get(room.held)


async def test_people_are_alphabetical_and_have_no_counts(room: ReadingRoom) -> None:
    people = between(await room.get(room.held), '<ul class="ppl">', "</ul>")
    names = re.findall(r"<li><bdi>(.*?)</bdi>", people)
    assert names == sorted(names, key=alphabetical)
    assert set(names) <= set(PEOPLE)
    assert not re.search(r"\d", people)


async def test_it_is_an_announcement_before_with_its_questions_once_they_are_told(room: ReadingRoom) -> None:
    path = f"{room.home}inquirychat/2026-11-24/"
    page = await room.get(path)
    assert all(question in page for question in AHEAD)
    assert 'href="/room/edchat/">Join in your browser' in page
    assert f'href="{path}event.ics"' in page
    assert '"@type":"Event"' in page
    await room.change("UPDATE chat SET state = 'planned' WHERE slug = '2026-11-24'", chat=room.archive.ahead)
    assert AHEAD[0] not in await room.get(path)


MOVED = (
    "UPDATE chat SET slug = '2026-11-26', occurrence_local = '2026-11-24 20:00:00.000000' "
    "WHERE slug = '2026-11-24'"
)
STOOD = "INSERT INTO former_address VALUES (:chat, '2026-11-25', '2026-11-20 20:00:00.000000')"


async def test_every_address_at_which_a_chat_stood_leads_to_it_for_good(room: ReadingRoom) -> None:
    meant, stood, held = (f"{room.home}inquirychat/2026-11-{day}/" for day in (24, 25, 26))
    await room.change(MOVED, chat=room.archive.ahead)
    await room.get(stood, 404)
    await room.change(STOOD.replace(":chat", str(room.archive.ahead)))
    assert [await room.leads(at) for at in (meant, stood)] == [held, held]
    assert await room.leads(f"{stood}event.ics?tz=UTC") == f"{held}event.ics?tz=UTC"
    await room.get(f"{room.home}inquirychat/2026-11-27/", 404)


async def test_where_another_chat_stands_now_that_one_is_shown(room: ReadingRoom) -> None:
    before = await room.get(room.held)
    stood = STOOD.replace("11-25", "11-17").replace(":chat", str(room.archive.ahead))
    await room.change(stood)
    assert await room.get(room.held) == before


async def test_an_old_address_of_what_one_may_not_read_is_the_same_404(tmp_path: Path) -> None:
    async with reading_room(tmp_path, visibility=Visibility.MEMBERS) as room:
        await room.change(STOOD.replace(":chat", str(room.archive.held)))
        nothing = await room.get(f"{room.home}inquirychat/2001-01-01/", 404)
        assert await room.get(f"{room.home}inquirychat/2026-11-25/", 404) == nothing


async def test_in_its_hour_it_marks_the_current_question_and_leads_to_the_live_view(
    room: ReadingRoom,
) -> None:
    page = await room.get(room.live)
    assert re.findall(r'<a href="#q(\d)" class="now" aria-current="true">', page) == ["3"]
    assert "Q3 is being answered until 5:30 pm" in page
    assert f'href="{room.live}live/"' in page
    assert "Who could watch you teach" not in page, "a question that was not asked yet"


async def test_a_chat_that_is_called_off_says_so_and_names_the_next(room: ReadingRoom) -> None:
    await room.change(
        "UPDATE chat SET state = 'cancelled' WHERE slug = '2026-11-24'", chat=room.archive.ahead
    )
    page = await room.get(f"{room.home}inquirychat/2026-11-24/")
    assert "This chat is called off" in page
    assert "Tue 1 Dec 2026, 8:00 pm ET" in page
    assert f'href="{room.home}inquirychat/2026-12-01/event.ics">Add the next one to your calendar</a>' in page
    assert f'<a href="{room.home}upcoming/" aria-current="true">' in page


async def test_late_answers_are_said_to_be_welcome_until_the_chat_is_sealed(room: ReadingRoom) -> None:
    assert "Late answers are still welcome until Tue 24\xa0Nov 2026, 9:00\xa0pm\xa0ET." in await room.get(
        room.held
    )
    await room.change("UPDATE chat SET state = 'sealed' WHERE id = 1", chat=room.archive.held)
    page = await room.get(room.held)
    assert "Late answers" not in page
    assert "Complete: every place of the chat was heard until it was sealed on Tue 24\xa0Nov 2026" in page


async def test_what_is_private_is_the_same_404_as_what_is_not_there(tmp_path: Path) -> None:
    async with reading_room(tmp_path, visibility=Visibility.MEMBERS) as room:
        private = [
            await room.get(path, 404) for path in (room.held, f"{room.held}print/", f"{room.live}live/")
        ]
        nothing = await room.get(f"{room.home}inquirychat/2001-01-01/", 404)
        assert set(private) == {nothing}
        assert TOPIC not in await room.get(room.home)
        cookie = await room.sign_in()
        assert TOPIC in await room.get(room.held, Cookie=cookie)
        assert TOPIC in await room.get(room.home, Cookie=cookie)


async def test_an_unpublished_chat_is_its_hosts_alone(room: ReadingRoom) -> None:
    await room.change("UPDATE chat SET published_at = NULL WHERE id = 1", chat=room.archive.held)
    await room.get(room.held, 404)
    assert TOPIC in await room.get(room.held, Cookie=await room.sign_in(host=True))
    assert TOPIC not in await room.get(room.home)


@pytest.mark.parametrize(
    ("change", "hosts_see_it"),
    [
        ("UPDATE message SET hidden_at = said_at WHERE public_id = :id", True),
        ("UPDATE message SET deleted_at = said_at WHERE public_id = :id", False),
        ("UPDATE message SET kind = 'conversation' WHERE public_id = :id", False),
        (
            CONSENT.format("excluded_at"),
            True,
        ),
        (
            CONSENT.format("forgotten_at"),
            False,
        ),
    ],
    ids=["hidden", "deleted", "conversation", "excluded", "forgotten"],
)
async def test_what_is_taken_out_is_gone_from_every_order_of_the_page(
    room: ReadingRoom, change: str, hosts_see_it: bool
) -> None:
    paths = [room.held, f"{room.held}?view=time", f"{room.held}?view=person", f"{room.held}print/"]
    gone = answers(await room.get(room.held))[0]
    for path in paths:
        assert f"a-{gone}" in await room.get(path)
    await room.change(change, chat=room.archive.held, id=gone)
    for path in paths:
        assert gone not in await room.get(path)
    assert (gone in await room.get(room.held, Cookie=await room.sign_in(host=True))) is hosts_see_it


async def test_readers_see_the_pseudonym_and_never_the_name(room: ReadingRoom) -> None:
    await room.change(
        "INSERT INTO consent (person_id, community_id, pseudonym, changed_at)"
        " SELECT id, 1, 'Quiet Heron', '2026-11-18 00:00:00' FROM person WHERE name = 'Dana Whitfield'",
        chat=room.archive.held,
    )
    page = await room.get(room.held)
    assert "Dana Whitfield" not in page
    assert "Quiet Heron" in page


async def test_who_answers_anonymously_is_somebody_also_to_hosts(room: ReadingRoom) -> None:
    await room.change(
        "UPDATE message SET anonymous = 1"
        " WHERE person_id = (SELECT id FROM person WHERE name = 'Dana Whitfield')",
        chat=room.archive.held,
    )
    for cookie in ("", await room.sign_in(host=True)):
        page = await room.get(room.held, Cookie=cookie)
        assert "Dana Whitfield" not in page
        assert "<b><bdi>Somebody</bdi></b>" in page
        assert "Somebody" not in between(page, '<ul class="ppl">', "</ul>")


async def test_in_time_order_it_is_no_page_of_its_own_to_search_engines(room: ReadingRoom) -> None:
    page = await room.get(f"{room.held}?view=time")
    assert '<meta name="robots" content="noindex">' in page
    assert f'<link rel="canonical" href="{room.base}{room.held}">' in page
    assert len(answers(page)) == len(answers(await room.get(room.held)))
    assert '<meta name="robots"' not in await room.get(room.held)


async def test_by_person_the_names_are_alphabetical(room: ReadingRoom) -> None:
    page = await room.get(f"{room.held}?view=person")
    names = re.findall(r'<h2 id="g\d+">(.*?)</h2>', page)
    assert names == sorted(names, key=alphabetical)
    assert len(names) > 5


async def test_search_engines_are_told_of_questions_with_answers_and_comments_nested(
    room: ReadingRoom,
) -> None:
    page = await room.get(room.held)
    told = json.loads(between(page, '<script type="application/ld+json">', "</script>"))
    assert told["@type"] == "DiscussionForumPosting"
    assert [one["text"] for one in told["comment"]] == list(QUESTIONS)
    below = [answer for question in told["comment"] for answer in question["comment"]]
    assert all(answer["author"]["name"] in PEOPLE for answer in below)
    assert any("comment" in answer for answer in below)
    assert told["commentCount"] == len(answers(page))


async def test_a_title_that_closes_scripts_and_tags_stays_text(room: ReadingRoom) -> None:
    evil = '</title></script><script>alert(1)</script>"><b>'
    await room.change("UPDATE chat SET topic = :evil WHERE id = 1", chat=room.archive.held, evil=evil)
    await room.change("UPDATE person SET name = :evil", chat=room.archive.held, evil=evil)
    page = await room.get(room.held)
    assert "<script>alert" not in page
    assert "link to this answer by &lt;/title&gt;" in page
    told = json.loads(between(page, '<script type="application/ld+json">', "</script>"))
    assert told["headline"] == evil


async def test_the_chats_before_and_after_are_linked_and_change_with_them(room: ReadingRoom) -> None:
    page = await room.get(room.held)
    assert f'<link rel="prev" href="{room.home}inquirychat/2026-11-10/">' in page
    assert "Questions worth staying in for" in page
    await room.change(
        "UPDATE chat SET topic = 'Another topic' WHERE slug = '2026-11-24'", chat=room.archive.ahead
    )
    assert "Another topic" in await room.get(room.held)


async def test_it_is_sent_again_only_when_it_changed(room: ReadingRoom) -> None:
    async with room.session.get(room.base + room.held) as first:
        tag = first.headers["ETag"]
    await room.get(room.held, 304, If_None_Match=tag)
    await room.change("UPDATE message SET picked_at = said_at", chat=room.archive.held)
    assert "host’s pick" in await room.get(room.held, 200, If_None_Match=tag)


@pytest.mark.parametrize("view", [USUAL, View(BY_TIME)])
async def test_what_a_page_showed_leaves_memory_as_soon_as_it_is_made(room: ReadingRoom, view: View) -> None:
    page = room.store.chat_page(room.archive.held, Audience(room.archive.community.id))
    assert page is not None
    shown = weakref.ref(page)
    gc.disable()
    try:
        assert render(room.site, page, view)
        del page
        assert shown() is None
    finally:
        gc.enable()


async def test_the_latest_chat_of_a_series_is_the_one_held_last(room: ReadingRoom) -> None:
    async with room.session.get(f"{room.base}{room.home}inquirychat/latest/", allow_redirects=False) as found:
        assert (found.status, found.headers["Location"]) == (307, room.held)
    await room.get(f"{room.home}firstyears/latest/", 404)


async def test_a_page_of_360_answers_is_small_however_they_were_filed(tmp_path: Path) -> None:
    async with reading_room(tmp_path, answers=360) as room:
        for how in ("label", "moderator"):
            await room.change("UPDATE filing SET how = :how", chat=room.archive.held, how=how)
            page = await room.get(room.held)
            assert len(answers(page)) > 360
            assert len(finished(page).packed) <= 35_000


async def test_a_stranger_is_not_handed_what_a_member_or_somebody_before_a_change_was(tmp_path: Path) -> None:
    async with reading_room(tmp_path, visibility=Visibility.PUBLIC) as room:
        assert TOPIC in await room.get(room.held)
        assert TOPIC in await room.get(room.held)
        await room.change("UPDATE series SET visibility = 'members'", chat=room.archive.held)
        await room.get(room.held, 404)
        cookie = await room.sign_in()
        assert TOPIC in await room.get(room.held, Cookie=cookie)
        await room.get(room.held, 404)


async def test_a_series_that_is_called_something_else_is_so_on_every_page_of_its_chats(
    room: ReadingRoom,
) -> None:
    assert "Weeknight Inquiry" in await room.get(room.held)
    await room.change("UPDATE series SET title = 'Late Inquiry' WHERE id = 1")
    page = await room.get(room.held)
    assert "Late Inquiry" in page
    assert "Weeknight Inquiry" not in page


async def test_b393_a_huge_chat_is_read_in_parts_and_links_find_what_stands_in_them(tmp_path: Path) -> None:
    async with reading_room(tmp_path, answers=600) as room:
        first, second = await room.get(room.held), await room.get(f"{room.held}?page=2")
        assert (first.count("Part 1 of 2"), elsewhere(first)) == (2, [("6", "2")]), "above and below"
        assert f'<a rel="next" href="{room.held}?page=2">' in first
        assert '<a href="?page=2#q6">' in first
        here, there = answers(first), answers(second)
        assert "Part 2 of 2" in second
        assert not set(here) & set(there)
        whole = await room.get(f"{room.held}?view=all")
        assert "Part 1" not in whole
        assert sorted(here + there) == sorted(answers(whole))
        for one, part in ((here[0], ""), (there[-1], "?page=2")):
            link = f"{room.base}{room.home}a/{one}"
            async with room.session.get(link, allow_redirects=False) as led:
                assert (led.status, led.headers["Location"]) == (302, f"{room.held}{part}#a-{one}")
        await room.get(f"{room.held}?page=3", status=404)
        assert answers(await room.get(f"{room.held}?page=q6")) == there
        await room.get(f"{room.held}?page=q99", status=404)
        for view in ("time", "person"):
            at = f"{room.held}?view={view}"
            first, second = await room.get(at), await room.get(f"{at}&page=2")
            assert (len(answers(first)), "Part 1 of 2" in first, "Part 2 of 2" in second) == (500, True, True)
            assert sorted(answers(first) + answers(second)) == sorted(answers(whole))
            assert f'<a href="{room.held}?page=2#q6">' in first + second
            assert f'<a rel="next" href="{at}&amp;page=2">' in first
            assert f'<a rel="prev" href="{at}">' in second
            await room.get(f"{at}&page=3", status=404)


async def test_b393_a_permalink_and_a_part_that_is_not_there_read_none_of_a_huge_chats_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object) -> None:
        raise AssertionError("all of it was read")

    async with reading_room(tmp_path, answers=600) as room:
        last = answers(await room.get(f"{room.held}?page=2"))[-1]
        monkeypatch.setattr(Store, "chat_page", read)
        for _ in range(2):
            async with room.session.get(f"{room.base}{room.home}a/{last}", allow_redirects=False) as led:
                assert (led.status, led.headers["Location"]) == (302, f"{room.held}?page=2#a-{last}")
            for view in ("?page=3", "?page=9999", "?page=q99", "?view=time&page=9999", "?view=person&page=4"):
                await room.get(room.held + view, status=404)


async def test_b393_files_search_and_what_search_engines_are_told_lead_into_the_part_of_a_huge_chat(
    tmp_path: Path,
) -> None:
    async with reading_room(tmp_path, answers=600, visibility=Visibility.PUBLIC) as room:
        page, chat = await room.get(room.held), json.loads(await room.get(f"{room.held}chat.json"))
        links = [chat["questions"][5]["url"], chat["messages"][0]["url"], chat["messages"][-1]["url"]]
        for file in ("chat.csv", "chat.md"):
            assert links[-1] in await room.get(f"{room.held}{file}")
        told = json.loads(page.partition('<script type="application/ld+json">')[2].partition("</script>")[0])
        last = told["comment"][5]
        links += [last["url"], last["comment"][0]["url"]]
        found = await room.get(f"{room.home}search?q={quote(' '.join(QUESTIONS[5].split()[:3]))}")
        links += re.findall(r'<a href="([^"]+q6)">', found)[:1]
        assert len(links) == 6
        for link in links:
            path = link.removeprefix(room.site.base_url)
            async with room.session.get(room.base + path) as led:
                leads = led.history[0].headers["Location"] if led.history else path
                stands = leads.partition("#")[2]
                assert (led.status, f'id="{stands}"' in await led.text()) == (200, True), link

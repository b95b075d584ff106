"""A handout of chosen answers: the form to choose by, the sheet, and what never goes on it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from bot.core.archive.handout import MOST
from bot.core.model import Visibility
from tests.support.archive_seed import QUESTIONS, TOPIC
from tests.support.reading_room import ReadingRoom, reading_room
from tests.web.test_chat_page import CONSENT, answers, between

FORGOTTEN = CONSENT.format("forgotten_at")
EXCLUDED = CONSENT.format("excluded_at")
HIDDEN = "UPDATE message SET hidden_at = said_at WHERE public_id = :id"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[ReadingRoom]:
    async with reading_room(tmp_path) as made:
        yield made


def offered(page: str) -> list[str]:
    """The ids that the form offers."""
    return re.findall(r'<input type="checkbox" name="a" value="([\w-]+)"', page)


def ticked(page: str) -> list[str]:
    """Those of them that are chosen already."""
    return re.findall(r'name="a" value="([\w-]+)" checked>', page)


def picked_first(form: str) -> bool:
    """Whether what hosts picked stands above the rest."""
    marks = ["★" in one for one in form.split("<li>")[1:]]
    return marks == sorted(marks, reverse=True)


def of(room: ReadingRoom, ids: Sequence[str], more: str = "") -> str:
    """The address of a handout."""
    return f"{room.held}handout/?{'&'.join(f'a={one}' for one in ids)}{more}"


def on_sheet(page: str) -> list[str]:
    """The answers on the sheet."""
    leaf = between(page, '<article class="leaf"', "</article>")
    return re.findall(r"<blockquote>(.*?)</blockquote>", leaf, re.DOTALL)


async def test_the_page_of_a_chat_leads_to_the_form_in_which_what_hosts_picked_is_ticked(
    room: ReadingRoom,
) -> None:
    page = await room.get(room.held)
    assert f'<a href="{room.held}handout/">Handout</a>' in page
    form = await room.get(f"{room.held}handout/")
    comments = page.count('aria-label="Report this comment')
    assert len(offered(form)) == len(answers(page)) - comments == 40
    picked = re.findall(r'id="a-(\w+)">(?:(?!id="a-).)*?host’s pick', page, re.DOTALL)
    assert sorted(ticked(form)) == sorted(picked)
    assert picked
    assert form.count("<small>★ host’s pick</small>") == len(picked)
    assert all(map(picked_first, form.split("</fieldset>"))), "under their question"


async def test_a_handout_of_nothing_says_what_is_missing_and_keeps_nothing_ticked(room: ReadingRoom) -> None:
    missing = "Tick at least one answer, then make the handout."
    form = await room.get(f"{room.held}handout/?make=1")
    assert missing in form
    assert ticked(form) == []
    assert missing not in await room.get(f"{room.held}handout/")
    assert len(on_sheet(await room.get(of(room, offered(form)[:1], "&make=1")))) == 1


async def test_a_sheet_has_title_date_questions_answers_names_and_where_it_is_from(room: ReadingRoom) -> None:
    chosen = offered(await room.get(f"{room.held}handout/"))[:6]
    page = await room.get(of(room, chosen))
    assert TOPIC in page
    assert "Tuesday 17 November 2026, 8:00" in page
    assert QUESTIONS[0] in page
    assert QUESTIONS[5] not in page, "a question of which nothing was chosen"
    assert len(on_sheet(page)) == 6
    assert all(re.search(r"<footer><bdi>[^<]+</bdi></footer>", one) for one in on_sheet(page))
    assert f'<a href="{room.base}{room.held}">{room.base}{room.held}</a>' in page
    assert '<meta name="robots" content="noindex">' in page
    assert f'<link rel="canonical" href="{room.base}{room.held}">' in page
    assert "<script" not in page


async def test_answers_stand_in_the_order_of_the_chat_however_they_were_chosen(room: ReadingRoom) -> None:
    chosen = offered(await room.get(f"{room.held}handout/"))[3:30:4]
    forwards, backwards = [await room.get(of(room, some)) for some in (chosen, chosen[::-1])]
    assert on_sheet(forwards) == on_sheet(backwards)


async def test_ids_that_are_none_are_counted_kindly_and_nothing_else_changes(room: ReadingRoom) -> None:
    chosen = offered(await room.get(f"{room.held}handout/"))[:2]
    whole = on_sheet(await room.get(of(room, chosen)))
    for odd in ("&a=nobody", "&a=nobody&a=nobody"):
        page = await room.get(of(room, chosen, odd))
        assert on_sheet(page) == whole
        assert "1 chosen answer is not to be read here, or no longer." in page
    for odd in ("&a=", "&a=%3Cscript%3E", "&a=%00", "&a=..%2F..", "&b=1", f"&a={'x' * 70}"):
        page = await room.get(of(room, chosen, odd))
        assert on_sheet(page) == whole
        assert "not to be read here" not in page
    assert "None of the chosen answers" in await room.get(of(room, ["nobody"]))


async def test_a_comment_and_an_answer_of_another_chat_go_on_no_sheet(room: ReadingRoom) -> None:
    comment = answers(between(await room.get(room.held), '<ol class="re">', "</ol>"))[0]
    other = answers(await room.get(room.live))[0]
    page = await room.get(of(room, [comment, other]))
    assert on_sheet(page) == []
    assert "2 chosen answers are not to be read here" in page


async def test_a_sheet_holds_no_more_than_it_says(room: ReadingRoom) -> None:
    every = offered(await room.get(f"{room.held}handout/"))
    page = await room.get(of(room, every))
    assert len(on_sheet(page)) == MOST
    assert f"A handout holds {MOST} answers; {len(every) - MOST} more were left out." in page
    assert on_sheet(await room.get(of(room, every * 3))) == on_sheet(page)


async def test_choosing_others_begins_with_what_was_chosen(room: ReadingRoom) -> None:
    chosen = offered(await room.get(f"{room.held}handout/"))[4:9]
    page = await room.get(of(room, chosen))
    again = re.search(r'href="([^"]*handout/\?choose=1[^"]*)"', page)
    assert again
    assert ticked(await room.get(again[1].replace("&amp;", "&"))) == chosen


@pytest.mark.parametrize("change", [FORGOTTEN, EXCLUDED, HIDDEN], ids=["forgotten", "excluded", "hidden"])
async def test_what_is_taken_out_later_is_gone_from_a_handout_that_somebody_kept(
    room: ReadingRoom, change: str
) -> None:
    gone, *others = offered(await room.get(f"{room.held}handout/"))[:3]
    kept = of(room, [gone, *others])
    async with room.session.get(room.base + kept) as first:
        tag = first.headers["ETag"]
    await room.get(kept, 304, If_None_Match=tag)
    await room.change(change, chat=room.archive.held, id=gone)
    for cookie in ("", await room.sign_in(host=True)):
        page = await room.get(kept, If_None_Match=tag, Cookie=cookie)
        assert 0 < len(on_sheet(page)) < 3, "hosts, who still read it, print it no more than others"
        assert gone not in offered(await room.get(f"{room.held}handout/", Cookie=cookie))


async def test_names_on_paper_are_those_of_the_page(room: ReadingRoom) -> None:
    every = offered(await room.get(f"{room.held}handout/"))[:MOST]
    anonymous = "UPDATE message SET anonymous = 1 WHERE public_id = :id"
    await room.change(anonymous, chat=room.archive.held, id=every[0])
    await room.change(
        "INSERT INTO consent (person_id, community_id, pseudonym, changed_at)"
        " SELECT id, 1, 'Quiet Heron', '2026-11-18 00:00:00' FROM person WHERE name = 'Priya Raman'",
        chat=room.archive.held,
    )
    for page in (await room.get(of(room, every)), await room.get(f"{room.held}handout/")):
        assert "<bdi>Somebody</bdi>" in page
        assert "<bdi>Quiet Heron</bdi>" in page
        assert "Priya Raman" not in page


async def test_a_handout_is_read_by_who_may_read_the_chat(tmp_path: Path) -> None:
    async with reading_room(tmp_path, visibility=Visibility.MEMBERS) as room:
        cookie = await room.sign_in()
        chosen = offered(await room.get(f"{room.held}handout/", Cookie=cookie))[:3]
        assert len(on_sheet(await room.get(of(room, chosen), Cookie=cookie))) == 3
        nothing = await room.get(f"{room.home}inquirychat/2001-01-01/handout/", 404)
        assert await room.get(of(room, chosen), 404) == nothing
        assert await room.get(f"{room.held}handout/", 404) == nothing


async def test_a_chat_without_answers_to_read_has_nothing_to_choose_from(room: ReadingRoom) -> None:
    nothing = "There is nothing to choose from yet"
    for chat in ("2026-11-24", "2026-12-01"):
        assert nothing in await room.get(f"{room.home}inquirychat/{chat}/handout/")
    await room.change("UPDATE chat SET published_at = NULL WHERE id = 1", chat=room.archive.held)
    assert nothing in await room.get(f"{room.held}handout/", Cookie=await room.sign_in(host=True))


async def test_words_on_the_form_stay_words_and_veils_stay_shut(room: ReadingRoom) -> None:
    chosen = offered(await room.get(f"{room.held}handout/"))[0]
    evil = '<p>&lt;script&gt;alert(1)&lt;/script&gt; <span class="spoiler" tabindex="0">secret</span></p>'
    change = "UPDATE message SET body_html = :evil WHERE public_id = :id"
    await room.change(change, chat=room.archive.held, evil=evil, id=chosen)
    topic = "UPDATE chat SET topic = '</title><b>' WHERE id = 1"
    await room.change(topic, chat=room.archive.held)
    form, page = await room.get(f"{room.held}handout/"), await room.get(of(room, [chosen]))
    assert "<script>" not in form + page
    assert "</title><b>" not in form + page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [spoiler]" in form
    assert "secret" not in form


async def test_a_sheet_of_a_chat_by_link_names_the_address_that_opens_it_for_others(tmp_path: Path) -> None:
    async with reading_room(tmp_path, visibility=Visibility.LINK) as room:
        async with room.store.begin() as tx:
            secret = await tx.link_secret(room.archive.series.id)
        link = f"{room.base}/l/{secret}/2026-11-17"
        by_link = f"edchat_links={secret}"
        chosen = offered(await room.get(f"{room.held}handout/", Cookie=by_link))[:2]
        page = await room.get(of(room, chosen), Cookie=by_link)
        assert f'<a href="{link}">{link}</a>' in between(page, '<footer class="from">', "</footer>")
        assert "opens the chat’s link first" in page
        assert "send it on." not in page
        assert secret not in (await room.get(of(room, chosen), 404))


async def test_a_sheet_that_members_alone_may_read_says_so_where_its_address_is_kept(
    room: ReadingRoom,
) -> None:
    chosen, signed_in = offered(await room.get(f"{room.held}handout/"))[:2], await room.sign_in()
    assert "send it on." in await room.get(of(room, chosen))
    await room.change("UPDATE series SET visibility = 'members' WHERE id = 1")
    page = await room.get(of(room, chosen), Cookie=signed_in)
    assert "members alone can open it" in page
    assert "send it on." not in page

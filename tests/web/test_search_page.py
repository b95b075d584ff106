"""Search over HTTP: a form that needs no scripts, finds what its reader may read, and takes any words."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs, quote, quote_plus

import pytest

from bot.core.archive.search_query import LONGEST
from tests.support.bad_inputs import case
from tests.support.page_faults import Document
from tests.support.reading_room import ReadingRoom, reading_room
from tests.support.xss_payloads import XSS_PAYLOADS

FORMER = "INSERT INTO former_address VALUES (:moved, '2001-01-01', '2026-11-01 20:00:00.000000')"
ZEBRA = "UPDATE message SET text = :words, body_html = :html WHERE id = 1"


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[ReadingRoom]:
    async with reading_room(tmp_path, answers=40) as made:
        yield made


async def find(room: ReadingRoom, asked: str, **headers: str) -> str:
    """The page; nothing on it may be out of order."""
    page = await room.get(f"{room.home}search{asked}", 200, **headers)
    assert list(Document(page, f"{room.base}{room.home}search{asked}").faults()) == []
    assert '<meta name="robots" content="noindex">' in page
    return page


async def say(room: ReadingRoom, words: str) -> None:
    await room.change(ZEBRA, words=words, html=f"<p>{words}</p>")


def chats(page: str) -> list[str]:
    return re.findall(r'<h2 id="c\d+"><a href="([^"]+)"', page)


def told(page: str) -> str:
    """What the page says instead of what was found."""
    main = page.partition('id="refused"')[2] or page.partition('role="status"')[2]
    return main.partition(">")[2].partition("<")[0]


async def test_what_is_found_stands_chat_by_chat_marked_and_linked(room: ReadingRoom) -> None:
    page = await find(room, "?q=stud")
    assert chats(page) == [room.held, f"{room.home}inquirychat/2026-11-10/"]
    assert "<mark>students</mark>" in page
    asked = set(re.findall(r'<a href="([^"#]+)#([^"]+)"', page)) - {("", "main")}
    said = re.findall(rf'<a href="({room.home}a/([^"]+))"', page)
    assert asked
    assert said
    for path, mark in [*asked, *((path, f"a-{public_id}") for path, public_id in said)]:
        async with room.session.get(room.base + path) as led:
            assert f'id="{mark}"' in await led.text(), path


async def test_how_much_was_found_is_said_and_on_which_question_a_comment_is(room: ReadingRoom) -> None:
    assert "Found in 2 chats." in await find(room, "?q=stud")
    assert "Found in 1 chat." in await find(room, "?q=commit+loud")
    comments = re.findall(r", (a comment[^<]*)</a>", await find(room, "?q=stealing"))
    assert comments
    assert all(re.fullmatch(r"a comment on Q[1-6]", one) for one in comments)


async def test_where_nothing_is_found_there_are_ways_on(room: ReadingRoom) -> None:
    page = await find(room, "?q=abena+mens")
    assert told(page).startswith("Nothing was found.")
    assert f'href="{room.home}archive/"' in page.partition("<main")[2]
    assert "<code>from:ana</code>" in page
    way = re.search(r'href="([^"]*)">Is “abena mens” a name', page)
    assert way is not None
    theirs = await find(room, way[1].replace("&amp;", "&").partition("search")[2])
    assert "<bdi>Abena Mensah</bdi>" in theirs
    assert "Is “" not in await find(room, "?person=Abena&q=zzzz")


async def test_where_several_words_find_nothing_each_alone_is_one_link_away_with_all_else(
    room: ReadingRoom,
) -> None:
    page = await find(room, "?q=stud+zeppelin+after:2026-10&series=inquirychat")
    assert "fewer words find more" in told(page)
    ways = dict(re.findall(r'<li><a href="([^"]*)">Look for “(\w+)” alone</a>', page))
    assert list(ways.values()) == ["stud", "zeppelin"]
    [alone, *_] = (way.replace("&amp;", "&").partition("search")[2] for way in ways)
    assert parse_qs(alone[1:]) == {"q": ["stud after:2026-10"], "series": ["inquirychat"]}
    assert room.held in chats(await find(room, alone))
    for asked in ("?q=zeppelin", "?q=zeppelin+q:3"):
        assert "alone" not in told(lone := await find(room, asked))
        assert "fewer words" not in lone


async def test_the_form_says_again_what_was_asked_and_more_of_a_chat_is_one_link_away(
    room: ReadingRoom,
) -> None:
    page = await find(room, "?q=and&series=inquirychat&month=2026-11&person=")
    assert 'value="and"' in page
    assert '<option value="inquirychat" selected dir="auto">' in page
    assert 'value="2026-11"' in page
    more = re.search(r'href="([^"]*search\?[^"]*in=[^"]*)"', page)
    assert more is not None
    inside = await find(room, more[1].replace("&amp;", "&").partition("search")[2])
    assert chats(inside) == [room.held]
    assert inside.count("<mark>") > page.partition(room.held + '"')[2].partition("</section>")[0].count(
        "<mark>"
    )
    await room.get(f"{room.home}search?q=stud&in=inquirychat/2001-01-01", 404)


async def test_a_chat_that_was_moved_is_searched_by_the_address_at_which_it_stood(room: ReadingRoom) -> None:
    await room.change(FORMER, moved=room.archive.held)
    assert chats(await find(room, "?q=and&in=inquirychat/2001-01-01")) == [room.held]


@pytest.mark.parametrize("rest", ["", "upcoming/", "inquirychat/", "inquirychat/2026-11-17/", "about/"])
async def test_search_is_one_link_away_from_every_page(room: ReadingRoom, rest: str) -> None:
    masthead = (await room.get(f"{room.home}{rest}", 200)).partition("</header>")[0]
    assert f'<a href="{room.home}search">' in masthead
    here = (await room.get(f"{room.home}search", 200)).partition("</header>")[0]
    assert f'<a href="{room.home}search" aria-current="true">' in here


async def test_home_archive_and_weekly_chats_lead_to_search(room: ReadingRoom) -> None:
    for path in ("", "archive/", "inquirychat/"):
        assert re.search(r'(href|action)="[^"]*/search[?"]', await room.get(room.home + path)), path


async def test_a_stranger_finds_nothing_of_what_members_read_and_members_what_is_theirs(
    room: ReadingRoom,
) -> None:
    await say(room, "zebra")
    member = await room.sign_in()
    assert chats(await find(room, "?q=zebra")) == [room.held]
    await room.change("UPDATE series SET visibility = 'members'")
    assert chats(await find(room, "?q=zebra")) == []
    assert chats(await find(room, "?q=zebra", Cookie=member)) == [room.held]
    assert "There is no weekly chat called" in told(await find(room, "?q=zebra&series=inquirychat"))
    assert "inquirychat" not in (await find(room, "")).partition("<select")[2].partition("</select>")[0]


async def test_only_who_is_signed_in_may_look_among_their_own_words(room: ReadingRoom) -> None:
    await say(room, "zebra")
    member = await room.sign_in()
    assert 'name="mine"' not in await find(room, "")
    assert "signed in" in told(await find(room, "?q=zebra&mine=1"))
    assert chats(await find(room, "?q=zebra&mine=1", Cookie=member)) == []
    await room.change(
        "UPDATE message SET person_id = (SELECT id FROM person WHERE name = 'Mem Ber') WHERE id = 1"
    )
    page = await find(room, "?q=zebra&mine=1", Cookie=member)
    assert 'name="mine" type="checkbox" value="1" checked' in page
    assert chats(page) == [room.held]


async def test_older_chats_are_on_further_pages(room: ReadingRoom) -> None:
    await room.change(
        "WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < 25)"
        " INSERT INTO chat (series_id, zone, starts_at, ends_at,"
        " topic, state, told, published_at, slug, pace_seconds) SELECT 1, 'UTC',"
        " printf('2025-01-%02d 20:00:00.000000', k), printf('2025-01-%02d 21:00:00.000000', k),"
        " 'zebra', 'sealed', 'public', '2025-02-01 00:00:00.000000', printf('2025-01-%02d', k), 480 FROM n"
    )
    asked, seen = "?q=zebra", list[str]()
    for _ in range(3):
        page = await find(room, asked)
        seen += chats(page)
        older = re.search(r'href="[^"]*search(\?[^"]*older=\d+)" rel="next"', page)
        asked = older[1].replace("&amp;", "&") if older else ""
    assert seen == [f"{room.home}inquirychat/2025-01-{day:02}/" for day in range(25, 0, -1)]
    assert asked == ""
    assert chats(await find(room, "?q=zebra&older=99999999999999999999&older=x")) == seen[:10]


async def test_b324_an_empty_search_explains_itself(room: ReadingRoom) -> None:
    for asked in ("", "?q=", "?q=++&series=&month=&person="):
        page = await find(room, asked)
        assert chats(page) == []
        assert "its beginning is enough" in page
        assert told(page) == ""


@pytest.mark.parametrize("name", ["B325", "B327", "B328", "B330", "B332"])
async def test_b325_b327_b328_b330_b332_whatever_is_typed_is_answered_kindly(
    room: ReadingRoom, name: str
) -> None:
    page = await find(room, f"?q={quote_plus(case(name).input)}")
    assert chats(page) == []
    assert ("no letter and no digit" if name == "B325" else "Nothing was found") in told(page)


async def test_b330_words_without_spaces_are_found_and_marked(room: ReadingRoom) -> None:
    await say(room, "今日は日本語の授業です")
    page = await find(room, f"?q={quote(case('B330').input)}")
    assert "今日は<mark>日本語</mark>の授業です" in page


async def test_words_are_marked_whole_however_they_are_spelled(room: ReadingRoom) -> None:
    for said, typed in (("शिक्षा और काम", "शिक्"), ("שָׁלוֹם לכם", "שלום"), ("Ἡ ΠΑΙΔΕΊΑ", "παιδεια")):
        await say(room, said)
        whole = next(word for word in said.split() if word not in ("और", "काम", "לכם", "Ἡ"))
        assert f"<mark>{whole}</mark>" in await find(room, f"?q={quote(typed)}")


async def test_b329_what_is_too_long_is_cut_and_says_so(room: ReadingRoom) -> None:
    page = await find(room, f"?q={quote_plus(case('B329').input[: LONGEST * 3])}")
    assert "only its first 200 letters and 20 words were looked for" in page
    await room.get(f"{room.home}search?q={quote_plus(case('B329').input)}", 414)
    assert f'maxlength="{LONGEST}"' in page


async def test_what_would_be_a_script_stays_words(room: ReadingRoom) -> None:
    for payload in XSS_PAYLOADS:
        given = quote(payload[:LONGEST], safe="")
        await find(room, f"?q={given}&person={given}")
        await find(room, f"?q=stud&series={given}&month={given}")


async def test_bytes_that_are_no_text_and_fields_given_twice_harm_nothing(room: ReadingRoom) -> None:
    for asked in (
        "?q=%00zebra",
        "?q=%ff%fe",
        "?q=%ED%A0%80",
        "?q=a&q=stud",
        "?q=stud&month=%00",
        "?older=-1&q=stud",
    ):
        await find(room, asked)

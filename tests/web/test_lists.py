"""The agenda, the archive by month, the pages of text and permalinks: as each reader may see them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import html5lib
import pytest

from bot.core.archive.agenda import Month, beside, months, years
from bot.core.model import Series, Visibility
from tests.support.archive_pages import ArchivePages, archive_pages
from tests.support.archive_seed import NOW, TOPIC
from tests.support.bad_inputs import case
from tests.support.xss_payloads import XSS_PAYLOADS

LISTS = (
    "upcoming/",
    "upcoming/?tz=Paris",
    "upcoming/?tz=CST",
    "archive/",
    "archive/2026/11/",
    "feeds/",
    "data/",
)
TEXTS = ("about/", "about/first-time/", "privacy/", "accessibility/")


@pytest.fixture
async def pages(tmp_path: Path) -> AsyncIterator[ArchivePages]:
    async with archive_pages(tmp_path) as opened:
        yield opened


def seen(html: str) -> str:
    """The words of a page's main part, on one line."""
    main = html.partition("<main")[2].partition("</main>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", main.partition(">")[2]).replace("&#39;", "'").split())


async def show(pages: ArchivePages, path: str) -> str:
    got = await pages.get(path)
    assert got.status == 200, got.text
    return seen(got.text)


@pytest.mark.parametrize("path", [*LISTS, *TEXTS])
async def test_every_page_is_sound_html(pages: ArchivePages, path: str) -> None:
    got = await pages.get(path)
    parser = html5lib.HTMLParser()
    parser.parse(got.text)
    assert (got.status, parser.errors) == (200, [])
    assert got.text.count("<h1") == 1
    assert not re.search(r"<script(?! type=\"application/ld)|<style| style=| on\w+=", got.text)


# --- The agenda ------------------------------------------------------------------------------


async def test_the_agenda_goes_day_by_day(pages: ArchivePages) -> None:
    words = await show(pages, "upcoming/")
    days = re.findall(r"(?:Today |Tomorrow )?\w+day \d+ \w+ 2026", words)
    assert days == [
        *("Today Sunday 22 November 2026", "Tuesday 24 November 2026"),
        *("Sunday 29 November 2026", "Tuesday 1 December 2026"),
    ]
    assert "Times are those of New York (ET)" in words
    for said in (
        "5:00 pm live now The week you had",
        "8:00 pm Questions worth staying in for Weeknight Inquiry",
    ):
        assert said in words
    assert "5:00 pm called off Reports, the first time" in words
    assert TOPIC not in words


async def test_the_agenda_shows_the_readers_zone_and_its_days(pages: ArchivePages) -> None:
    words = await show(pages, "upcoming/?tz=paris")
    assert "Times are those of Paris" in words
    assert "Wednesday 25 November 2026 2:00 am Questions worth staying in for" in words
    assert "8:00 pm ET" in words
    assert "8:00 pm ET" not in await show(pages, "upcoming/?tz=Toronto")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("CST", "CST means several places; write America/Chicago, Asia/Shanghai or America/Havana."),
        ("Nowhere", "I know no time zone called"),
        ("%00", "That text holds a NUL character"),
        ("x" * 500, "That is 500 characters long; 60 are the most here."),
        ("..%2f..%2fetc%2fpasswd", "I know no time zone called"),
        ("%3Cscript%3Ealert(1)", "I know no time zone called"),
    ],
)
async def test_a_zone_nobody_knows_gets_one_sentence_and_the_communitys_times(
    pages: ArchivePages, asked: str, said: str
) -> None:
    got = await pages.get(f"upcoming/?tz={asked}")
    assert said in seen(got.text)
    assert "Times are those of New York (ET)" in seen(got.text)
    assert "<script>alert" not in got.text
    assert not pages.web.site.pages._kept


async def test_the_agenda_is_new_on_a_new_day_and_after_a_change(pages: ArchivePages) -> None:
    first = await pages.get("upcoming/")
    assert (await pages.get("upcoming/", If_None_Match=first.headers["etag"])).status == 304
    await pages.change("UPDATE chat SET topic = 'Marks' WHERE id = :id", id=pages.archive.ahead)
    assert "Marks" in await show(pages, "upcoming/")
    pages.clock.at += timedelta(days=1)
    assert "Tomorrow Tuesday 24 November 2026" in await show(pages, "upcoming/")


async def test_with_nothing_planned_it_says_so(pages: ArchivePages) -> None:
    await pages.change("UPDATE series SET paused = 1")
    await pages.change("UPDATE chat SET state = 'tail', published_at = :at WHERE state = 'open'", at=NOW)
    await pages.change(
        "UPDATE chat SET starts_at = :at WHERE state = 'cancelled'", at=NOW - timedelta(days=9)
    )
    words = await show(pages, "upcoming/")
    assert "No chat is planned at the moment. What was said so far is in the archive ." in words


# --- The archive -----------------------------------------------------------------------------


async def test_the_archive_lists_chats_and_months_with_counts(pages: ArchivePages) -> None:
    words = await show(pages, "archive/")
    assert "2 chats to read" in words
    assert words.index(TOPIC) < words.index("Cold calls")
    assert f"{TOPIC} Weeknight Inquiry , Tue 17 Nov 2026, 8:00 pm ET . 6 questions, 24 answers, " in words
    assert "2026 November 2026 2 chats" in words
    assert "The week you had" not in words


async def test_a_month_lists_its_chats_in_order_and_its_neighbours(pages: ArchivePages) -> None:
    await pages.change(
        "UPDATE chat SET starts_at = '2026-09-01 01:00:00', ends_at = '2026-09-01 02:00:00' WHERE id = :id",
        id=pages.archive.earlier,
    )
    words = await show(pages, "archive/")
    assert "August 2026 1 chat" in words  # eight in the evening of 31 August in New York
    august, november = await show(pages, "archive/2026/08/"), await show(pages, "archive/2026/11/")
    assert "Cold calls" in august
    assert august.endswith("November 2026 →")
    assert TOPIC in november
    assert "← August 2026" in november


@pytest.mark.parametrize(
    "path",
    [
        "2026/10/",
        "2026/13/",
        "2026/00/",
        "2026/1/",
        "26/11/",
        "0000/11/",
        "9999/12/",
        "%EF%BC%92%EF%BC%90%EF%BC%92%EF%BC%96/11/",
        "-026/11/",
        "2026/1e/",
    ],
)
async def test_months_without_chats_are_not_there(pages: ArchivePages, path: str) -> None:
    assert (await pages.get(f"archive/{path}")).status == 404


async def test_lists_show_each_reader_what_they_may_read(tmp_path: Path) -> None:
    async with archive_pages(tmp_path, visibility=Visibility.MEMBERS) as pages:
        for path, words in (
            ("archive/", "There is nothing to read here yet"),
            ("upcoming/", "No chat is planned"),
        ):
            assert words in await show(pages, path)
        assert (await pages.get("archive/2026/11/")).status == 404
        pat = await pages.member()
        for path in ("archive/", "archive/2026/11/"):
            assert TOPIC in (await pages.get(path, pat)).text
        assert "Questions worth staying in for" in (await pages.get("upcoming/", pat)).text
        assert TOPIC not in (await pages.get("archive/")).text


async def test_search_engines_may_show_lists_only_where_they_may_show_chats(pages: ArchivePages) -> None:
    noindex = '<meta name="robots" content="noindex">'
    for path in ("upcoming/", "archive/", "archive/2026/11/"):
        assert noindex not in (await pages.get(path)).text
    await pages.change("UPDATE series SET indexable = 0")
    for path in ("upcoming/", "archive/", "archive/2026/11/"):
        assert noindex in (await pages.get(path)).text


def test_months_stand_in_years_and_know_their_neighbours() -> None:
    every = months({(2026, 1): 2, (2025, 12): 1, (2025, 3): 4})
    assert [(one.words, one.chats) for one in every] == [
        ("January 2026", 2),
        ("December 2025", 1),
        ("March 2025", 4),
    ]
    assert [(year, len(some)) for year, some in years(every)] == [(2026, 1), (2025, 2)]
    assert beside(every, every[1]) == (every[2], every[0])
    assert beside(every, every[0])[1] is None
    assert beside(every, every[2])[0] is None


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York", "Gone/Away"])
def test_a_month_is_whole(zone: str) -> None:
    first, last = Month(2026, 12).span(zone)
    assert (first.month, first.day, first.hour, last.year, last.month, last.day) == (12, 1, 0, 2027, 1, 1)
    assert last - first == timedelta(days=31)


# --- Pages of text ---------------------------------------------------------------------------


async def test_about_names_the_weekly_chats_with_their_times_and_readers(pages: ArchivePages) -> None:
    await pages.change("UPDATE community SET about = 'We teach & learn.', contact = 'mo@school.example'")
    words = await show(pages, "about/")
    assert "We teach &amp; learn." in words
    assert "Weeknight Inquiry : every Tuesday, 8:00 pm New York (ET). Read by everybody." in words
    assert "Questions about this community: mo@school.example" in words
    await pages.change("UPDATE series SET paused = 1")
    assert "It takes a break." in await show(pages, "about/")


async def test_the_first_time_page_explains_a_chat_and_names_the_next(pages: ArchivePages) -> None:
    words = await show(pages, "about/first-time/")
    for said in (
        "A1 answers Q1",
        "you may just read",
        "Questions worth staying in for : Tue 24 Nov 2026, 8:00 pm ET",
    ):
        assert said in words


async def test_privacy_says_who_reads_how_to_leave_and_how_long(pages: ArchivePages) -> None:
    words = await show(pages, "privacy/")
    for said in (
        "Weeknight Inquiry : everybody.",
        "!edchat privacy forget",
        "It is kept until you or the community",
    ):
        assert said in words
    assert "Ask the hosts in the room" in words
    await pages.change("UPDATE community SET retention_days = 365, contact = 'https://school.example/mo'")
    await pages.change("UPDATE series SET indexable = 0")
    words = await show(pages, "privacy/")
    assert "After 365 days it is erased." in words
    assert "search engines are asked to stay away" in words
    assert 'href="https://school.example/mo"' in (await pages.get("privacy/")).text


async def test_the_data_page_names_every_column(pages: ArchivePages) -> None:
    words = await show(pages, "data/")
    assert "series , day , title , id , kind" in words
    held = pages.at(await pages.page(pages.archive.held))
    for name in ("chat.json", "chat.csv", "chat.md", "event.ics"):
        assert f'href="{held}{name}"' in (await pages.get("data/")).text


# --- Permalinks ------------------------------------------------------------------------------


async def test_a_permalink_leads_to_where_the_answer_stands_now(pages: ArchivePages) -> None:
    [row] = await pages.rows(
        "SELECT public_id FROM message WHERE chat_id = :id LIMIT 1", id=pages.archive.held
    )
    word = row["public_id"]
    got = await pages.get(f"a/{word}", follow=False)
    assert (got.status, got.headers["location"]) == (
        302,
        pages.at(await pages.page(pages.archive.held)) + f"#a-{word}",
    )
    await pages.change("UPDATE chat SET slug = '2026-11-18' WHERE id = :id", id=pages.archive.held)
    assert "/2026-11-18/#a-" in (await pages.get(f"a/{word}", follow=False)).headers["location"]
    await pages.change("UPDATE message SET hidden_at = :at WHERE public_id = :id", at=NOW, id=word)
    assert (await pages.get(f"a/{word}", follow=False)).status == 404
    assert (await pages.get(f"a/{word}", await pages.host(), follow=False)).status == 302


@pytest.mark.parametrize(
    "word", ["nothing", "%0d%0aSet-Cookie:x", "..%2f", "a'--", "%F0%9F%98%80", "x" * 500]
)
async def test_a_permalink_that_leads_nowhere_is_not_there(pages: ArchivePages, word: str) -> None:
    assert (await pages.get(f"a/{word}", follow=False)).status == 404


# --- Titles ----------------------------------------------------------------------------------


@pytest.mark.slow
async def test_titles_are_words_on_every_list(pages: ArchivePages) -> None:
    plain = await shapes(pages, ["Marks", "Grades", "Books", "Trips", "Walls"])
    payloads = [*XSS_PAYLOADS, case("B085").input, case("B086").input]
    for first in range(0, len(payloads), 5):
        assert await shapes(pages, (payloads[first:] + payloads)[:5]) == plain


async def shapes(pages: ArchivePages, words: list[str]) -> list[list[tuple[str, list[str]]]]:
    """What every list is made of when all that people may name is named with these five."""
    for number, some in enumerate(words):
        mine = {"words": some, "number": number}
        await pages.change("UPDATE chat SET topic = :words, lead = :words WHERE id % 5 = :number", **mine)
    await pages.change("UPDATE series SET title = :one, about = :two", one=words[0], two=words[1])
    await pages.change("UPDATE community SET about = :one, contact = :two", one=words[2], two=words[3])
    paths = ("upcoming/", "archive/", "archive/2026/11/", "about/", "privacy/", "feeds/", "data/")
    return [shape((await pages.get(path)).text) for path in paths]


def shape(html: str) -> list[tuple[str, list[str]]]:
    """A page's elements with their attributes; web addresses in words may become careful links."""
    found = []
    for one in html5lib.parse(html, namespaceHTMLElements=False).iter():
        if "nofollow" in one.get("rel", ""):
            assert re.match("https?://|mailto:", one.get("href", ""))
        else:
            found.append((str(one.tag), sorted(map(str, one.keys()))))
    return found


@pytest.mark.parametrize("name", ["B085", "B086", "B092", "B095"])
async def test_a_title_is_shown_as_typed_on_page_feed_and_card(pages: ArchivePages, name: str) -> None:
    title = case(name).input
    await pages.change("UPDATE chat SET topic = :title WHERE id = :id", title=title, id=pages.archive.held)
    html = (await pages.get(await pages.page(pages.archive.held))).text
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    assert "".join(tree.find(".//h1").itertext()) == title
    cards = [one.get("content") for one in tree.iter("meta") if one.get("property") == "og:title"]
    assert cards == [title]
    assert html.count("<script>") == 0
    assert "<img" not in html


async def test_b095_a_title_of_another_direction_keeps_to_itself(pages: ArchivePages) -> None:
    title = case("B095").input
    await pages.change("UPDATE chat SET topic = :title WHERE id = :id", title=title, id=pages.archive.held)
    for path in ("archive/", "archive/2026/11/"):
        assert f"<bdi>{title}</bdi>" in (await pages.get(path)).text
    html = (await pages.get(await pages.page(pages.archive.held))).text
    assert f'<h1 dir="auto">{title}</h1>' in html


async def test_b090_a_title_that_looks_like_a_path_is_no_path(pages: ArchivePages) -> None:
    slug = await named(pages, case("B090").input)
    assert re.fullmatch(r"[\w-]+", slug)
    assert (
        await pages.get(f"{slug}/calendar.ics")
    ).status == 404  # it has no chat yet, so nobody knows of it
    assert (await pages.get("..%2f..%2f/calendar.ics")).status == 404


async def test_b097_titles_that_read_the_same_get_addresses_of_their_own(pages: ArchivePages) -> None:
    wide, plain = case("B097").input.split(" vs ")
    assert [await named(pages, wide), await named(pages, plain)] == ["edchat", "edchat-2"]


async def named(pages: ArchivePages, title: str) -> str:
    """The word in addresses of a new weekly chat with this title."""
    async with pages.web.store.begin() as tx:
        wanted = Series(0, pages.archive.community.id, title)
        made = await tx.add_series(wanted, pages.archive.places[0].id, (), datetime(2026, 1, 1, tzinfo=UTC))
        await tx.give_addresses()
        return (await tx.series(made.id)).slug

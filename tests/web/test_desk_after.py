"""The desk after a chat: what hosts sort there, what readers reported, and the page as readers see it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from bot.core.model import Chat, Place, Series, Visibility
from bot.storage.schema import tables as t
from tests.support.archive_pages import ArchivePages, archive_pages
from tests.support.archive_seed import NOW
from tests.support.web_house import Browser, Got
from tests.support.xss_payloads import XSS_PAYLOADS

SEALED = "That chat is sealed: its answers stay where they are."
ACTS = (
    "file 2",
    "unfile",
    "pick",
    "unpick",
    "hide",
    "show",
    "keep",
    "delete",
    "undo",
    "publish",
    "unpublish",
)


@dataclass(slots=True)
class Table:
    """A host at the desk, a chat that was held, and what they find of it there."""

    pages: ArchivePages
    host: Browser

    @property
    def held(self) -> int:
        """The chat."""
        return self.pages.archive.held

    @property
    def desk(self) -> str:
        """The desk's path."""
        return f"/desk/{self.pages.archive.community.slug}/"

    def at(self, heap: str = "", chat: int | None = None) -> str:
        """The path of a heap."""
        return f"{self.desk}chat/{chat or self.held}/after/{heap}{'/' if heap else ''}"

    async def says(self, words: str, *, filed: int = 0, place: Place | None = None, **values: Any) -> int:
        """Somebody said this while the second question was out, under no question unless one is given."""
        async with self.pages.web.store.begin() as tx:
            here, questions = place or self.pages.archive.places[1], await tx.questions(self.held)
            at = next(one.asked_at for one in questions if one.position == 2)
            assert at is not None
            kind, said_at = "answer" if filed else "conversation", at + timedelta(minutes=1)
            row = {"kind": kind, "text": words, "body_html": f"<p>{words}</p>", "said_at": said_at}
            row |= {"place_id": here.id, "chat_id": self.held, "person_id": 1, "heard_at": at}
            row |= {"platform_message_id": f"native {words}", "public_id": f"p{abs(hash(words))}"}
            message = await tx._add(t.message, **{**row, "render_version": 1, **values})
            under = [one.id for one in questions if one.position == filed]
            filed_at = {"message_id": message, "how": "label", "filed_at": at}
            await tx._do(t.filing.insert(), [{"question_id": one, **filed_at} for one in under])
            tx.stale.add(self.held)
        return message

    async def report(self, message: int, reason: str) -> None:
        """A reader reports it."""
        async with self.pages.web.store.begin() as tx:
            await tx.report(message, "an answer", reason, None, NOW)

    async def presses(
        self, act: str, message: int = 0, heap: str = "unsorted", who: Browser | None = None, **more: str
    ) -> Got:
        """Press one of a heap's buttons."""
        fields = {"act": act, "message": f"m{message}", **more}
        return await (who or self.host).post(self.at(heap), fields)

    async def state(self) -> list[Mapping[str, Any]]:
        """Everything that these pages may change."""
        found: list[Mapping[str, Any]] = []
        for query in (
            "SELECT id, kind, text, hidden_at, hidden_why, picked_at FROM message ORDER BY id",
            "SELECT message_id, question_id, how FROM filing ORDER BY message_id, question_id",
            "SELECT id, settled_at FROM report",
            "SELECT id, published_at FROM chat",
        ):
            found += await self.pages.rows(query)
        return found


def said(got: Got) -> str:
    """What the desk answered."""
    found = re.search(r'<div id="said"[^>]*>\s*<p>(.*?)</p>', got.text, re.DOTALL)
    assert found is not None, got.text
    return unescape(found[1])


def lying(page: str) -> list[int]:
    """The messages on a page."""
    return [int(one) for one in re.findall(r'<li id="m(\d+)"', page)]


def writers(page: str) -> list[str]:
    """Who said the messages on a page."""
    return re.findall(r'<p class="by"><b><bdi>([^<]*)</bdi></b>', page)


def counts(page: str) -> dict[str, int]:
    """How much lies in each heap."""
    piles = re.search(r'<nav class="piles".*?</nav>', page, re.DOTALL)
    assert piles is not None
    found = re.findall(r'/after/(\w+)/".*?<span class="num">(\d+)</span>', piles[0])
    return {name: int(number) for name, number in found}


@pytest.fixture
async def table(tmp_path: Path) -> AsyncIterator[Table]:
    async with archive_pages(tmp_path) as pages:
        yield Table(pages, await pages.host())


# --- Sorting ---------------------------------------------------------------------------------


async def test_what_is_filed_nowhere_lies_there_with_the_question_that_was_out(table: Table) -> None:
    before = counts((await table.host.get(table.at())).text)
    message = await table.says("We read aloud, every day.")
    page = (await table.host.get(table.at())).text
    assert message in lying(page)
    assert "May be an answer to Q2" in unescape(page)
    assert counts(page) == before | {"unsorted": before["unsorted"] + 1}
    filed = await table.presses("file 3", message)
    assert said(filed) == "Filed under Q3: “We read aloud, every day.”"
    assert filed.path.startswith(table.at("unsorted"))
    assert message not in lying(filed.text)
    assert counts(filed.text) == before | {"q3": before["q3"] + 1}
    assert message in lying((await table.host.get(table.at("q3"))).text)


async def test_an_answer_moves_leaves_and_comes_back(table: Table) -> None:
    message = await table.says("A1: novels", filed=1)
    assert "under Q1" not in (await table.host.get(table.at("q2"))).text
    moved = await table.presses("file 2", message, "q1")
    assert (said(moved), message in lying(moved.text)) == ("Filed under Q2: “A1: novels”", False)
    out = await table.presses("unfile", message, "q2")
    assert said(out) == "Left with the conversation: “A1: novels”"
    assert message not in lying((await table.host.get(table.at())).text), "a host has seen it"
    back = await table.presses("undo", heap="q2")
    assert said(back) == "Taken back: “A1: novels”; it is under Q2 again."
    assert message in lying(back.text)


async def test_what_answers_nothing_leaves_the_heap_and_comes_back(table: Table) -> None:
    message = await table.says("Hello from Hamburg")
    assert message in lying((await table.host.get(table.at())).text)
    out = await table.presses("unfile", message, "unsorted")
    assert said(out) == "Left with the conversation: “Hello from Hamburg”"
    assert message not in lying(out.text)
    assert message in lying((await table.presses("undo", heap="unsorted")).text)


async def test_a_pick_stands_first_on_no_list_but_is_marked_and_taken_off_again(table: Table) -> None:
    message = await table.says("A1: novels", filed=1)
    picked = (await table.presses("pick", message, "q1")).text
    assert "★ picked" in unescape(picked)
    assert 'id="said"' in picked.partition("<h1")[0], "what is done is said above the page"
    assert said(await table.presses("unpick", message, "q1")) == "No longer picked."
    assert (
        said(await table.presses("undo", heap="q1"))
        == "Taken back: “A1: novels”; it is one of the good bits again."
    )


async def test_hidden_words_lie_in_a_heap_of_their_own_with_the_reason(table: Table) -> None:
    message = await table.says("A1: Timmy cried", filed=1)
    hidden = await table.presses("hide", message, "q1", because=" It names a pupil ")
    assert (said(hidden), message in lying(hidden.text)) == ("Readers no longer see that message.", False)
    page = (await table.host.get(table.at("hidden"))).text
    assert message in lying(page)
    assert "hidden from readers: <bdi>It names a pupil</bdi>" in page
    shown = await table.presses("show", message, "hidden")
    assert said(shown) == "Readers see that message again."
    assert message in lying((await table.host.get(table.at("q1"))).text)


async def test_what_somebody_quotes_or_lists_looks_so_wherever_it_is_read(table: Table) -> None:
    await table.says("A1: novels", filed=1, body_html="<blockquote><p>As Timmy said</p></blockquote>")
    page = (await table.host.get(table.at("q1"))).text
    assert re.search(r'<div class="say"[^>]*><blockquote>', page)
    styles = Path(__file__).parents[2] / "bot/web/static"
    ruled = [
        file.name
        for file in sorted(styles.glob("*.css"))
        for rule in (".say blockquote{border-left", ".say :is(ul,ol){padding-left")
        if rule in file.read_text("utf-8")
    ]
    assert ruled == ["base.css", "base.css"]
    assert "/base.css" in page


async def test_words_go_for_good_once_a_host_says_so_twice(table: Table) -> None:
    message = await table.says("A1: Timmy cried", filed=1)
    asked = await table.presses("delete", message, "q1")
    assert said(asked).startswith("Erase “A1: Timmy cried” for good?")
    of_it = asked.text.partition(f'<li id="m{message}"')[2].partition("</li>")[0]
    assert 'id="said"' in of_it, "it is asked at the message"
    assert re.findall(r"<button>(.*?)</button>", of_it) == ["Yes, erase it"]
    assert f'<a class="btn" href="{table.at("q1")}#m{message}">No</a>' in of_it
    assert asked.text.count('id="said"') == 1
    line = unescape(re.findall(r'name="line" value="([^"]+)"', asked.text)[0])
    back = f"chat/{table.held}/after/q1/"
    assert f'name="page" value="{back}"' in asked.text
    done = await table.host.post(f"{table.desk}do", {"line": line, "page": back})
    assert said(done).startswith("It is erased for good. On Discord it still stands")
    assert await table.pages.rows("SELECT text FROM message WHERE id = :id", id=message) == [{"text": ""}]


async def test_what_asks_about_a_message_that_lies_elsewhere_meanwhile_stands_above_the_page(
    table: Table,
) -> None:
    message = await table.says("A1: Timmy cried", filed=1)
    asked = await table.presses("delete", message, "q2")
    assert message not in lying(asked.text)
    assert said(asked).startswith("Erase “A1: Timmy cried” for good?")
    assert 'id="said"' in asked.text.partition("<h1")[0]


async def test_of_what_was_reported_too_it_is_asked_at_the_message(table: Table) -> None:
    message = await table.says("A1: Timmy cried", filed=1)
    await table.report(message, "It names my child")
    asked = await table.host.post(f"{table.desk}removals/", {"act": "delete", "message": f"m{message}"})
    assert 'id="said"' in asked.text.partition(f'<li id="m{message}"')[2].partition("</li>")[0]
    assert 'name="page" value="removals/"' in asked.text


async def test_there_is_an_undo_only_where_something_can_be_undone(table: Table) -> None:
    message = await table.says("A1: novels", filed=1)
    button = '<button name="act" value="undo">'
    assert button not in (await table.host.get(table.at("q1"))).text
    assert button in (await table.presses("file 2", message, "q1")).text
    assert button not in (await table.presses("undo", heap="q1")).text


async def test_what_was_reported_is_settled_by_hiding_or_by_leaving_it(table: Table) -> None:
    one, other = await table.says("A1: Timmy cried", filed=1), await table.says("A1: fine words", filed=1)
    for message in (one, other):
        await table.report(message, "It names my child")
    page = (await table.host.get(table.at("reported"))).text
    assert (lying(page), page.count("It names my child"), counts(page)["reported"]) == ([one, other], 2, 2)
    await table.presses("hide", one, "reported", because="A pupil")
    kept = await table.presses("keep", other, "reported")
    assert said(kept) == "It stays as it is, and what was reported of it is settled."
    assert lying(kept.text) == []
    assert [
        row["hidden_at"] is None
        for row in await table.pages.rows(
            "SELECT hidden_at FROM message WHERE id IN (:one, :other) ORDER BY id", one=one, other=other
        )
    ] == [False, True]


async def test_what_was_reported_in_any_chat_is_found_in_one_place(table: Table) -> None:
    assert "Nothing waits for you." in (await table.host.get(f"{table.desk}removals/")).text
    one, other = await table.says("A1: Timmy cried", filed=1), await table.says("A1: fine words", filed=1)
    for message in (one, other):
        await table.report(message, "It names my child")
    page = (await table.host.get(f"{table.desk}removals/")).text
    assert (lying(page), page.count("It names my child")) == ([one, other], 2)
    hidden = await table.host.post(f"{table.desk}removals/", {"act": "hide", "message": f"m{one}"})
    assert (said(hidden), lying(hidden.text)) == ("Readers no longer see that message.", [other])
    again = await table.host.post(f"{table.desk}removals/", {"act": "keep", "message": f"m{one}"})
    assert (again.status, said(again)[:25]) == (422, "That was settled already,")
    for act in ("file 2", "publish", "pick"):
        refused = await table.host.post(f"{table.desk}removals/", {"act": act, "message": f"m{other}"})
        assert refused.status == 422, act
    kept = await table.host.post(f"{table.desk}removals/", {"act": "keep", "message": f"m{other}"})
    assert lying(kept.text) == []


async def test_a_long_heap_comes_in_pages(table: Table) -> None:
    every = [await table.says(f"words number {k}") for k in range(45)]
    first = (await table.host.get(table.at())).text
    assert (lying(first)[-40:], "Further messages" in first) == (every[:40], True)
    further = re.findall(r'href="([^"]+)" rel="next"', first)[0]
    second = (await table.host.get(further)).text
    assert lying(second) == every[40:]
    filed = await table.host.post(further, {"act": "file 1", "message": f"m{every[41]}"})
    assert (filed.path.partition("?")[0], lying(filed.text)) == (further, [every[40], *every[42:]])


async def test_heaps_stand_in_the_order_said_whenever_it_was_heard(table: Table) -> None:
    at = NOW - timedelta(days=3)
    said_at = [at - timedelta(minutes=k // 2) for k in range(45)]  # two at a time
    heard = [await table.says(f"words number {k}", said_at=one) for k, one in enumerate(said_at)]
    every = [message for _, message in sorted(zip(said_at, heard, strict=True))]
    first = (await table.host.get(table.at())).text
    assert lying(first) == every[:40]
    further = re.findall(r'href="([^"]+)" rel="next"', first)[0]
    assert lying((await table.host.get(further)).text) == every[40:]
    fields = {"act": "file 1", "message": f"m{every[5]}"}
    filed = await table.host.post(table.at("unsorted"), fields, follow=False)
    assert filed.headers["location"].endswith(f"#m{every[6]}")
    for message in every[:3]:
        await table.report(message, "Please look")
    for path in (table.at("reported"), f"{table.desk}removals/"):
        assert lying((await table.host.get(path)).text) == every[:3]


async def test_people_who_said_nothing_to_a_question_are_named_without_any_count(table: Table) -> None:
    page = unescape((await table.host.get(table.at())).text)
    covered = page.partition('<section class="covered"')[2].partition("</section>")[0]
    assert "Spoke, but answered nothing yet" in covered
    assert "Here for the first time" in covered
    assert not re.search(r"\d", re.sub(r"<[^>]+>|Q\d", "", covered))


# --- Refusals --------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["stranger", "member"])
async def test_nobody_but_a_host_does_anything_there(table: Table, who: str) -> None:
    message = await table.says("A1: novels", filed=1)
    await table.report(message, "It names a pupil")
    browser = table.pages.web.stranger() if who == "stranger" else await table.pages.member()
    before = await table.state()
    for act in ACTS:
        got = await table.presses(act, message, "q1", browser)
        assert (got.status, "novels" in got.text) == (403, False), act
    assert await table.state() == before
    for path in (table.at(), table.at("q1"), table.at("preview"), f"{table.desk}removals/"):
        refused = await browser.get(path)
        assert (refused.status, "novels" in refused.text) == (403, False)


async def test_a_chat_of_another_community_is_not_there(table: Table) -> None:
    message = await table.says("A1: novels", filed=1)
    await table.report(message, "It names a pupil")
    other = await table.pages.web.host()  # of the first community
    desk = f"/desk/{table.pages.web.community.slug}/"
    there = f"{desk}chat/{table.held}/after/"
    before = await table.state()
    for path in (there, f"{there}q1/", f"{there}preview/"):
        assert (await other.get(path)).status == 404
    for act in ACTS:
        fields = {"act": act, "message": f"m{message}"}
        assert (await other.post(f"{there}q1/", fields)).status == 404, act
        removed = await other.post(f"{desk}removals/", fields)
        assert (removed.status, "novels" in removed.text) == (422, False), act
    assert await table.state() == before


async def test_what_is_not_there_is_a_404_and_what_is_no_button_is_said(table: Table) -> None:
    for heap in ("q99", "q0", "nothing", "q1x", "%3Cb%3E"):
        assert (await table.host.get(table.at(heap))).status == 404, heap
    for chat in (99_999, 2**70, table.pages.archive.ahead, table.pages.archive.cancelled):
        assert (await table.host.get(table.at(chat=chat))).status == 404, chat
    assert (await table.host.get(f"{table.at('q1')}{2**70}/")).status == 404
    before = await table.state()
    for act, message in (
        ("", "1"),
        ("explode", "1"),
        ("file 99", "1"),
        ("file", "1"),
        ("pick", "²"),
        ("hide", "9" * 40),
    ):
        got = await table.host.post(table.at("q1"), {"act": act, "message": f"m{message}"})
        assert got.status == 422, (act, message)
        assert said(got)
    assert await table.state() == before


async def test_a_sealed_chat_keeps_its_answers_where_they_are_and_says_so(table: Table) -> None:
    message = await table.says("A1: novels", filed=1)
    await table.pages.change("UPDATE chat SET state = 'sealed' WHERE id = :id", id=table.held)
    page = (await table.host.get(table.at("q1"))).text
    assert 'value="file 2"' not in page
    assert "sealed: answers stay where they are" in page
    for act in ("file 2", "unfile"):
        refused = await table.presses(act, message, "q1")
        assert (refused.status, said(refused)) == (422, SEALED)
    assert said(await table.presses("pick", message, "q1")) == "Picked as one of the good bits."


async def test_a_form_sent_twice_is_done_once(table: Table) -> None:
    message = await table.says("A1: novels", filed=1)
    for _ in range(2):
        await table.presses("pick", message, "q1", once="abc")
    await table.presses("undo", heap="q1", once="def")
    await table.presses("undo", heap="q1", once="def")
    assert await table.pages.rows("SELECT picked_at FROM message WHERE id = :id", id=message) == [
        {"picked_at": None}
    ]


async def test_what_people_wrote_does_nothing_on_the_desk(table: Table) -> None:
    for k, payload in enumerate(XSS_PAYLOADS):
        message = await table.says(payload, filed=1, body_html=None, public_id=f"xss{k}", hidden_why=payload)
        await table.report(message, payload)
    for path in (table.at("reported"), f"{table.desk}removals/"):
        page = (await table.host.get(path)).text
        inside = page.partition('<ol class="heap"')[2].partition("</ol>")[0]
        assert inside.count("alert(") >= len(XSS_PAYLOADS) // 2, "what was written stands there"
        assert not re.search(r"<(script|img|svg|iframe|style|object|a (?!href=\"/desk/))", inside), path


# --- Guests ----------------------------------------------------------------------------------


@dataclass(slots=True)
class Joined:
    """Hosts of another community, in whose place the chat was held too; what was said there, and at home."""

    guests: Browser
    desk: str
    heap: str
    theirs: int
    owners: int


async def joined(table: Table) -> Joined:
    """Hold the chat in the first community's room as well; one answer of each was reported."""
    web = table.pages.web
    async with web.store.begin() as tx:
        await tx.open_rooms([web.place], Visibility.PUBLIC)
        chat = await tx.chat(table.held)
        assert chat is not None
        await tx.come_in(chat, web.place, NOW)
        await tx.go_out(chat, web.place, None)
    theirs = await table.says("said as a guest", filed=1, place=web.place)
    owners = await table.says("said at home", filed=1)
    for message in (theirs, owners):
        await table.report(message, "Please look")
    desk = f"/desk/{web.community.slug}/"
    return Joined(await web.host(), desk, f"{desk}chat/{table.held}/after/", theirs, owners)


async def test_hosts_of_a_place_that_joined_see_what_was_said_there_alone(table: Table) -> None:
    one = await joined(table)
    page = (await one.guests.get(f"{one.heap}q1/")).text
    assert (lying(page), counts(page)["q1"], counts(page)["reported"]) == ([one.theirs], 1, 1)
    assert "A chat of another community." in page
    assert not [act for act in ("pick", "publish", "keep") if f'value="{act}"' in page]
    for path in (f"{one.heap}reported/", f"{one.desk}removals/"):
        page = (await one.guests.get(path)).text
        assert (lying(page), "said at home" in page, 'value="keep"' in page) == ([one.theirs], False, False)
    assert (await one.guests.get(f"{one.heap}preview/")).status == 404


async def test_a_chat_that_was_joined_leads_to_no_chat_of_ones_own_at_a_like_address(table: Table) -> None:
    one, web = await joined(table), table.pages.web
    async with web.store.begin() as tx:
        chat = await tx.chat(table.held)
        assert chat is not None
        like, at = await tx.series(chat.series_id), NOW + timedelta(days=3)
        ours = Series(0, web.community.id, like.title, slug=like.slug, visibility=Visibility.PUBLIC)
        kept = await tx.add_series(ours, web.place.id, (), NOW)
        twin = await tx.add_chat(Chat(0, kept.id, chat.zone, at, at + kept.length))
        await tx._do(t.series.update().where(t.series.c.id == kept.id).values(slug=like.slug))
        await tx._do(t.chat.update().where(t.chat.c.id == twin.id).values(slug=chat.slug))
    assert (await one.guests.get(f"/{web.community.slug}/{like.slug}/{chat.slug}/")).status == 200
    page = (await one.guests.get(f"{one.heap}q1/")).text
    assert lying(page) == [one.theirs]
    assert f"/{like.slug}/{chat.slug}/" not in page


@pytest.mark.parametrize(
    ("asks", "named"),
    [({}, "Thea Ode"), ({"pseudonym": "Magnet"}, "Magnet"), ({"excluded_at": NOW}, "somebody")],
)
async def test_guests_are_named_to_the_owners_hosts_as_they_asked_at_home_and_to_their_own_by_their_name(
    table: Table, asks: dict[str, Any], named: str
) -> None:
    one, web = await joined(table), table.pages.web
    async with web.store.begin() as tx:
        thea = await tx._add(t.person, platform="browser", native_id="thea", name="Thea Ode")
        theirs, owners = web.community.id, table.pages.archive.community.id
        await tx.set_consent(thea, theirs, NOW, **asks)
        await tx.set_consent(thea, owners, NOW, pseudonym="Quiet Heron")
    there = await table.says("there", place=web.place, person_id=thea)
    here = await table.says("here", person_id=thea)
    mine = (await one.guests.get(f"{one.heap}unsorted/")).text
    assert lying(mine) == [there]
    assert writers(mine) == ["Thea Ode"]
    page = (await table.host.get(table.at())).text
    by = dict(zip(lying(page), writers(page), strict=True))
    assert (by[there], by[here]) == (named, "Thea Ode")
    told = re.findall(r"<bdi>([^<]+)</bdi>", page.partition("answered nothing yet")[2].partition("</dd>")[0])
    assert {named, "Thea Ode"} - {"somebody"} == set(told) & {named, "Thea Ode", "Quiet Heron", "somebody"}
    await table.report(there, "Please look")
    for path in (table.at("reported"), f"{table.desk}removals/"):
        page = (await table.host.get(path)).text
        assert dict(zip(lying(page), writers(page), strict=True))[there] == named


async def test_hosts_of_a_place_that_joined_hide_what_was_said_there_and_no_more(table: Table) -> None:
    one = await joined(table)
    acts = [("pick", one.theirs), ("keep", one.theirs), ("publish", 0)]
    before = await table.state()
    for act, message in (*acts, ("hide", one.owners), ("file 2", one.owners)):
        refused = await one.guests.post(f"{one.heap}q1/", {"act": act, "message": f"m{message}"})
        assert (refused.status, bool(said(refused))) == (422, True), act
    assert await table.state() == before
    hidden = await one.guests.post(f"{one.heap}q1/", {"act": "hide", "message": f"m{one.theirs}"})
    assert said(hidden) == "Readers no longer see that message."
    shown = await one.guests.post(f"{one.heap}hidden/", {"act": "show", "message": f"m{one.theirs}"})
    assert (shown.status, "The Commons PLN" in said(shown)) == (422, True)
    undone = await one.guests.post(f"{one.heap}hidden/", {"act": "undo"})
    assert (undone.status, said(undone)) == (422, said(shown))
    assert lying((await table.host.get(table.at("hidden"))).text) == [one.theirs], "the owners see all of it"


async def invited(table: Table, chat: int, guest: Browser | None = None) -> Browser:
    """A member who hosts one chat."""
    guest = guest or await table.pages.member("Gus Guest")
    person = (await table.pages.rows("SELECT id FROM person WHERE name = 'Gus Guest'"))[0]["id"]
    async with table.pages.web.store.begin() as tx:
        await tx.invite(chat, person, NOW)
    return guest


async def test_a_guest_host_sorts_their_one_chat(table: Table) -> None:
    message = await table.says("A1: novels", filed=1)
    guest = await table.pages.member("Gus Guest")
    assert (await guest.get(table.at("q1"))).status == 403
    await invited(table, table.held, guest)
    assert said(await table.presses("pick", message, "q1", guest)) == "Picked as one of the good bits."
    assert (await guest.get(table.at("q1", table.pages.archive.earlier))).status == 404
    assert (await guest.get(f"{table.desk}removals/")).status == 404


# --- The page --------------------------------------------------------------------------------


STRIP = re.compile(
    r'<link rel="stylesheet" href="[^"]*desk_after.css">\s*<aside class="strip-desk".*?</aside>\s*', re.DOTALL
)


async def reader_of(table: Table, readers: str) -> Browser:
    """Let a chat be read by these alone; gives one of them."""
    series = table.pages.archive.series.id
    await table.pages.change("UPDATE series SET visibility = :v WHERE id = :id", v=readers, id=series)
    await table.pages.change("UPDATE chat SET told = :v WHERE id = :id", v=readers, id=table.held)
    if readers == "members":
        return await table.pages.member()
    browser = table.pages.web.stranger()
    if readers == "link":
        async with table.pages.web.store.begin() as tx:
            link = await tx.link_secret(series)
        await browser.get(f"/l/{link}", follow=False)
    return browser


def words(page: str) -> list[str]:
    """What a page says beside its links."""
    plain = re.sub(r"<a .*?</a>", "", page)
    return re.sub(r"<(?:link|script)[^>]*>|<p[^>]*></p>", "", plain).split()


async def test_a_host_sees_the_link_by_which_a_published_chat_is_read(table: Table) -> None:
    await reader_of(table, "link")
    async with table.pages.web.store.begin() as tx:
        secret = await tx.link_secret(table.pages.archive.series.id)
    chat = await table.pages.chat(table.held)
    link = f"/l/{secret}/{chat.slug}"
    page = (await table.host.get(table.at("q1"))).text
    assert f'href="{table.pages.web.base}{link}"' in page
    assert "ask the bot" not in page
    got = await table.pages.web.stranger().get(link)
    assert (got.status, "Questions worth staying in for" in got.text) == (200, True)
    await table.pages.change("UPDATE series SET visibility = 'public'")
    await table.pages.change("UPDATE chat SET told = 'public'")
    assert secret not in (await table.host.get(table.at("q1"))).text


@pytest.mark.parametrize("readers", ["public", "link", "members"])
async def test_the_preview_is_what_readers_get_once_it_is_published(table: Table, readers: str) -> None:
    reader, public = await reader_of(table, readers), table.pages.at(await table.pages.page(table.held))
    hidden = await table.says("hidden words", filed=1)
    await table.says("A fine answer.", filed=1)
    await table.presses("hide", hidden, "q1")
    assert said(await table.presses("unpublish")).endswith("is with its hosts alone again.")
    assert (await reader.get(public)).status == 404
    got = await table.host.get(table.at("preview"))
    assert (got.status, got.headers["cache-control"]) == (200, "no-store")
    assert ("A fine answer." in got.text, "hidden words" in got.text) == (True, False)
    strip = STRIP.search(got.text)
    assert strip is not None
    assert "It is not published yet." in strip[0]
    assert "is published." in said(await table.presses("publish"))
    assert words((await reader.get(public)).text) == words(got.text.replace(strip[0], ""))


@pytest.mark.parametrize("chat", ["held", "live"])
async def test_every_link_of_a_preview_leads_on_for_a_guest_host(table: Table, chat: str) -> None:
    archive = table.pages.archive
    number, live = (archive.live, True) if chat == "live" else (archive.held, False)
    guest = await invited(table, number)
    await table.pages.change("UPDATE chat SET published_at = NULL WHERE id = :id", id=number)
    await table.pages.change("UPDATE series SET publish_at_once = 0")
    at = table.at("preview", number)
    assert (await guest.get(table.pages.at(await table.pages.page(number)))).status == 404
    met, waiting = set[str](), {at}
    while waiting:
        path = waiting.pop()
        met.add(path)
        got = await guest.get(path)
        assert got.status == 200, path
        if path.startswith(at):
            assert "Preview." in got.text
            found = re.findall(r'<a [^>]*?href="(/[^"#]+)', got.text)
            waiting |= {unescape(one) for one in found} - met
    orders = {f"{at}{rest}" for rest in ("", "print/", "?view=time", "?view=person")}
    assert orders <= met
    assert ("/room/" in "".join(met)) is live


async def test_the_preview_of_a_page_that_is_out_leads_to_all_that_it_has(table: Table) -> None:
    page = (await table.host.get(table.at("preview"))).text
    at = table.pages.at(await table.pages.page(table.held))
    for rest in ("print/", "handout/", "chat.md", "?view=time"):
        assert f'href="{at}{rest}"' in page


async def test_a_chat_to_come_is_looked_at_as_its_announcement(table: Table) -> None:
    plan = (await table.host.get(f"{table.desk}chat/{table.pages.archive.ahead}/")).text
    at = f"{table.desk}chat/{table.pages.archive.ahead}/after/preview/"
    assert f'href="{at}"' in plan
    assert "The chat’s page" not in plan, "one way to it is enough"
    got = await table.host.get(at)
    strip = STRIP.search(got.text)
    assert strip is not None
    assert f'href="{table.desk}chat/{table.pages.archive.ahead}/"' in strip[0]
    public = await table.pages.get(await table.pages.page(table.pages.archive.ahead))
    assert public.text == got.text.replace(strip[0], "")


async def test_what_nobody_reads_has_no_preview(table: Table) -> None:
    await table.pages.change("UPDATE series SET visibility = 'off'")
    assert (await table.host.get(table.at("preview"))).status == 404
    page = (await table.host.get(table.at())).text
    assert "Nobody but hosts reads this chat." in page
    assert (await table.presses("publish")).status == 422


async def test_a_look_ahead_opens_nothing_for_anybody_else(table: Table) -> None:
    await table.presses("unpublish")
    assert (await table.host.get(table.at("preview"))).status == 200
    assert (await table.pages.get(await table.pages.page(table.held))).status == 404
    assert (
        await table.pages.get(await table.pages.page(table.held), await table.pages.member())
    ).status == 404


async def test_a_chat_that_is_with_its_hosts_says_who_reads_it_then(table: Table) -> None:
    out = "Everybody reads it."
    published = await table.presses("publish")
    assert out in published.text
    alone = await table.presses("unpublish")
    assert "With its hosts alone until you publish it.</b> Then everybody reads it.</p>" in alone.text
    assert out not in alone.text


async def test_a_chat_in_its_hour_is_sorted_and_not_yet_published(table: Table) -> None:
    page = (await table.host.get(table.at(chat=table.pages.archive.live))).text
    assert "The chat is on." in page
    assert 'value="publish"' not in page
    assert "Spoke, without an answer to Q" in unescape(page)


# --- Ways out of it, and into it -------------------------------------------------------------


def ways(page: str) -> list[str]:
    """Where the desk leads to from a chat."""
    found = re.search(r'<nav aria-label="This chat elsewhere">.*?</nav>', page, re.DOTALL)
    return re.findall(r'href="([^"]+)"', found[0]) if found else []


async def test_the_desk_leads_to_a_chats_page_its_live_view_and_its_rooms(table: Table) -> None:
    archive = table.pages.archive
    room, hosts = (f"/room/{word}/" for word in await rooms_of(table))
    live, held = [table.pages.at(await table.pages.page(one)) for one in (archive.live, archive.held)]
    page = (await table.host.get(table.at(chat=archive.live))).text
    assert ways(page) == [live, f"{live}live/", room, hosts]
    assert ways((await table.host.get(table.at())).text) == [held, room, hosts]
    plan = (await table.host.get(f"{table.desk}chat/{archive.ahead}/")).text
    assert ways(plan) == [table.at("preview", chat=archive.ahead), room, hosts]
    assert "Go to the hosts’ room</a>" in plan
    term = (await table.host.get(table.desk)).text
    for path in (live, f"{live}live/", held, room, hosts):
        assert f'<a href="{path}">' in term
        assert (await table.host.get(path)).status == 200


async def test_a_guest_host_is_led_to_no_room_and_no_page_that_is_not_theirs(table: Table) -> None:
    guest = await invited(table, table.held)
    room, hosts = (f"/room/{word}/" for word in await rooms_of(table))
    page = table.pages.at(await table.pages.page(table.held))
    assert ways((await guest.get(table.at())).text) == [page, room]
    await table.presses("unpublish")
    assert ways((await guest.get(table.at())).text) == [room]
    term = (await guest.get(table.desk)).text
    assert f'href="{room}"' in term
    assert f'href="{hosts}"' not in term
    assert f'href="{page}"' not in term


async def rooms_of(table: Table) -> list[str]:
    """The words of the community's rooms, that of its hosts last."""
    places = await table.pages.rows(
        "SELECT native_id FROM place WHERE platform = 'browser' AND community_id = :here ORDER BY hosts_room",
        here=table.pages.archive.community.id,
    )
    return [one["native_id"] for one in places]


async def test_a_chats_page_leads_those_to_the_desk_who_may_sit_there(table: Table) -> None:
    path = await table.pages.page(table.held)
    member, stranger = await table.pages.member("Pat"), table.pages.web.stranger()
    guest = await invited(table, table.pages.archive.live)
    others = (member, stranger, guest)
    before = [(await table.pages.get(path, who)).text for who in others]
    hosts = (await table.pages.get(path, table.host)).text
    assert f'<a href="{table.at()}">Look after it at the desk</a>' in hosts
    assert not [page for page in before if '"/desk/' in page]
    assert [(await table.pages.get(path, who)).text for who in others] == before
    await invited(table, table.held, guest)
    assert f'href="{table.at()}"' in (await table.pages.get(path, guest)).text
    assert '"/desk/' not in (await table.pages.get(path, member)).text
    live = table.pages.archive.live
    follow = f"{await table.pages.page(live)}live/"
    assert '"/desk/' not in (await table.pages.get(follow, member)).text
    assert f'<a href="{table.at(chat=live)}">Look after' in (await table.pages.get(follow, table.host)).text
    assert '"/desk/' not in (await table.pages.get(follow, stranger)).text
    ahead = await table.pages.page(table.pages.archive.ahead)
    assert "Plan it at the desk</a>" in (await table.pages.get(ahead, table.host)).text
    assert "at the desk" not in (await table.pages.get(ahead, member)).text

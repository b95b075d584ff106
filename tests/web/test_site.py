"""Addresses of pages, static files that browsers keep for good, and a server that ends when asked to."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError

from bot.core.model import Community, Refused
from bot.web.serving import GRACE, address, listener, serve
from bot.web.site import STATIC, Site, environment, only_community, static
from tests.support.archive_pages import archive_pages
from tests.support.web_house import WebHouse, web_house
from tests.support.whole_house import whole_house

FILES = sorted(file.relative_to(STATIC).as_posix() for file in STATIC.rglob("*") if file.is_file())


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[WebHouse]:
    async with web_house(tmp_path) as house:
        yield house


# --- Addresses -------------------------------------------------------------------------------


async def test_paths_begin_with_the_communitys_word_unless_that_is_dropped(web: WebHouse) -> None:
    site = web.site
    assert site.path(web.community) == "/maths-chat/"
    assert site.path(web.community, "upcoming/") == "/maths-chat/upcoming/"
    assert site.path(None, "room/x/") == "/room/x/"
    there = Community(2, "Физика", "UTC", "en", None, "физика", "")
    assert site.path(there) == "/%D1%84%D0%B8%D0%B7%D0%B8%D0%BA%D0%B0/"
    site.prefixed = False
    assert site.path(web.community, "upcoming/") == "/upcoming/"


async def test_whole_addresses_come_from_the_settings_and_never_from_a_browser(tmp_path: Path) -> None:
    async with web_house(tmp_path, base_url="https://chat.example.org") as web:
        assert web.site.url("/x/") == "https://chat.example.org/x/"
        assert web.site.secure
        got = await web.stranger().get("/", follow=False, Host="127.0.0.1:1", X_Forwarded_Host="evil.example")
        assert "evil.example" not in got.text + str(got.headers)


async def test_plain_http_is_not_called_secure(web: WebHouse) -> None:
    assert not web.site.secure


async def test_the_only_community_is_found_without_its_word_and_several_are_not(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        assert await only_community(tx) == web.community
        await tx.add_house("Another", "UTC")
        assert await only_community(tx) is None


async def test_an_address_of_nobody_is_a_page_that_says_so(web: WebHouse) -> None:
    got = await web.stranger().get("/nobody-here/upcoming/")
    assert got.status == 404
    assert "<h1" in got.text
    assert "<nav" not in got.text


async def test_a_page_that_is_not_there_keeps_the_frame_of_its_community_and_a_search(web: WebHouse) -> None:
    for path in ("nothing/2026-11-17/", "no/page/is/so/deep", "a/nobodys"):
        got = await web.stranger().get(f"/maths-chat/{path}")
        assert got.status == 404
        assert 'href="/maths-chat/archive/"' in got.text, path
        assert 'action="/maths-chat/search"' in got.text, path
    assert "<nav" not in (await web.stranger().get("/desk/maths-chat/no/page/is/so/deep")).text


async def test_what_is_not_there_says_so_in_the_only_language_there_is(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        await tx.connection.exec_driver_sql("UPDATE community SET language = 'de'")
    for path in ("/nobody-here/", "/nobody-here/no/page/is/so/deep", "/desk/nothing/here/at/all/"):
        got = await web.stranger().get(path, Accept_Language="en")
        assert (got.status, '<html lang="de">' in got.text) == (404, True), path


async def test_the_root_leads_to_the_only_community_that_has_something_to_read(tmp_path: Path) -> None:
    async with archive_pages(tmp_path) as pages:  # its other community has no weekly chat
        got = await pages.web.stranger().get("/", follow=False)
        assert (got.status, got.headers["Location"]) == (307, pages.at(""))


async def test_who_has_no_seat_at_the_desk_is_led_on(web: WebHouse) -> None:
    got = await web.stranger().get("/desk/maths-chat/")
    assert got.status == 403
    assert '<a href="/room/">' in got.text
    assert '<a href="/">' in got.text


def test_a_template_may_use_nothing_that_is_not_there_and_escapes_the_rest() -> None:
    made = environment()
    with pytest.raises(UndefinedError):
        made.from_string("{{ nothing }}").render()
    assert made.from_string("{{ name }}").render(name="<b>&\"'") == "&lt;b&gt;&amp;&#34;&#39;"


def test_templates_are_read_once_for_all_pages_of_a_process() -> None:
    assert environment().get_template("chat.html") is environment().get_template("chat.html")


NO_SIGNS = [*range(9), 11, *range(14, 32), *range(127, 160), *range(0xFDD0, 0xFDF0), 0xFFFE, 0xFFFF]
"""Characters that the HTML standard keeps out of pages, by number."""


async def test_no_page_holds_a_character_that_no_page_may_hold(web: WebHouse) -> None:
    def made(name: str) -> str:
        named = replace(web.community, name=name)
        return web.site.page("fault.html", code=404, community=named, reader=None).decode()

    for number in (*NO_SIGNS, 9, 10, 12, 32, 126, 160, 0xB7, 0xFDCF, 0xFDF0, 0xFFFD, 0x1F600):
        kept = "\N{REPLACEMENT CHARACTER}" if number in NO_SIGNS else chr(number)
        assert made(f"Mo{chr(number)}st · fine") == made("THIS").replace("THIS", f"Mo{kept}st · fine"), number


# --- Static files ----------------------------------------------------------------------------


def as_written(body: bytes) -> bytes:
    """A file without the hashes that are put before the names of others in it."""
    return re.sub(rb"/static/[0-9a-f]{12}/", b"", body)


async def test_what_style_names_is_served_without_a_detour(web: WebHouse) -> None:
    style = (await web.stranger().get(static("base.css"))).text
    named = re.findall(r"url\(\"([^\"]+)\"\)", style)
    assert named
    for path in named:
        assert (await web.stranger().get(path, follow=False)).status == 200


@pytest.mark.parametrize("name", FILES)
async def test_every_static_file_is_served_for_good_under_its_hash(web: WebHouse, name: str) -> None:
    got = await web.stranger().get(static(name), follow=False)
    assert (got.status, as_written(got.body)) == (200, as_written((STATIC / name).read_bytes()))
    assert got.headers["cache-control"] == "public, max-age=31536000, immutable"
    kind = got.headers["content-type"]
    wanted = {"css": "text/css", "js": "javascript", "svg": "image/svg+xml", "woff2": "font/woff2"}
    assert wanted.get(name.rpartition(".")[2], "") in kind
    assert kind != "application/octet-stream" or "." not in name


async def test_what_can_be_packed_is_packed_for_who_reads_that(web: WebHouse) -> None:
    async with web.stranger().session.get(
        web.base + static("base.css"), headers={"Accept-Encoding": "gzip"}, auto_decompress=False
    ) as got:
        assert got.headers["content-encoding"] == "gzip"
        assert got.headers["vary"] == "Accept-Encoding"
        packed = gzip.decompress(await got.read())
    plain = await web.stranger().get(static("base.css"), Accept_Encoding="identity")
    assert plain.body == packed
    assert "content-encoding" not in plain.headers


async def test_an_older_hash_leads_to_the_file_of_today(web: WebHouse) -> None:
    got = await web.stranger().get("/static/000000000000/base.css", follow=False)
    assert (got.status, got.headers["location"]) == (307, static("base.css"))


@pytest.mark.parametrize(
    "path",
    [
        "/static/0/nothing.css", "/static/0/../site.py", "/static/0/..%2fsite.py", "/static/0/%2e%2e/site.py",
        "/static/0//etc/passwd", "/static/0/", "/static/0/fonts", "/static/", "/static/0/base.css%00",
    ],
)  # fmt: skip
async def test_nothing_but_static_files_is_served_there(web: WebHouse, path: str) -> None:
    got = await web.stranger().get(path)
    assert got.status == 404
    assert b"import" not in got.body


async def test_browsers_find_the_icon_where_they_look_for_one(web: WebHouse) -> None:
    got = await web.stranger().get("/favicon.ico")
    assert (got.status, got.headers["content-type"]) == (200, "image/svg+xml")


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".css")])
def test_style_names_only_files_that_are_there_and_nothing_foreign(name: str) -> None:
    text = (STATIC / name).read_text(encoding="utf-8")
    assert "http:" not in text.replace("http://www.w3.org", "")
    assert "https:" not in text
    for found in re.findall(r"url\([\"']?([^\"')]+)", text):
        assert (STATIC / name).parent.joinpath(found).resolve().is_file() or found.startswith("data:"), found


# --- Serving ---------------------------------------------------------------------------------


def test_a_port_that_is_taken_is_refused_with_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refused, match=rf"127\.0\.0\.1:{port} .*EDCHAT_WEB_PORT"):
            listener("127.0.0.1", port)


def test_an_address_that_is_not_this_machines_is_refused() -> None:
    with pytest.raises(Refused, match=r"203\.0\.113\.7"):
        listener("203.0.113.7", 0)


@pytest.mark.parametrize("name", ["no such name", "a.invalid"])
def test_a_name_that_nobody_knows_is_refused(name: str) -> None:
    with pytest.raises(Refused, match="cannot be served"):
        listener(name, 0)


@pytest.mark.parametrize(
    ("host", "begins"),
    [("127.0.0.1", "http://127.0.0.1:"), ("0.0.0.0", "http://127.0.0.1:"), ("::1", "http://[::1]:")],
)
def test_the_address_is_where_this_machine_reaches_it(host: str, begins: str) -> None:
    try:
        bound = listener(host, 0)
    except Refused:
        pytest.skip("this machine has no IPv6")
    with bound:
        assert re.fullmatch(re.escape(begins) + r"\d+", address(bound, None))
        assert address(bound, "https://chat.example.org") == "https://chat.example.org"


@dataclass(frozen=True)
class _TwoPages:
    """A page that takes a moment, and one that lasts until the bot ends."""

    site: Site

    async def __call__(self, scope: Any, receive: object, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/slow":
            await asyncio.sleep(0.5)
        else:
            with self.site.bells.at(("room", 1)) as bell:
                await bell.wait()
                assert self.site.ending
        await send({"type": "http.response.body", "body": b"whole"})


async def _got(host: str, port: int, path: str) -> bytes:
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer


async def test_pages_under_way_are_finished_and_live_ones_let_go(web: WebHouse) -> None:
    bound = listener("127.0.0.1", 0)
    serving = asyncio.create_task(serve(_TwoPages(web.site), web.site, bound))
    host, port = bound.getsockname()
    pages = [asyncio.create_task(_got(host, port, path)) for path in ("/slow", "/live")]
    await asyncio.sleep(0.2)
    begun = time.monotonic()
    serving.cancel()
    assert all(b"whole" in one for one in await asyncio.gather(*pages))
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert time.monotonic() - begun < GRACE


async def test_pages_speak_english_and_mark_what_people_wrote_in_their_own_language(tmp_path: Path) -> None:
    async with whole_house(tmp_path) as house:
        at, member = house.pages.at, house.readers["member"]
        paths = [at(), at(house.chats["held"]), at(house.chats["ahead"]), f"{at(house.chats['live'])}live/"]
        paths += [f"{at(house.chats['held'])}?view=time", house.room, f"{house.room}?thread=room"]
        for path in paths:
            page = (await member.get(path)).text
            assert re.findall(r'\blang="([^"]*)"', page) == ["en"], path
        await house.pages.change("UPDATE community SET language = 'fr'")
        for path in paths:
            page = (await member.get(path)).text
            assert page.count('<html lang="en">') == 1, path
            words = re.findall(r"<(?:h1|h2|span|div|a)\b[^>]* lang=\"fr\">([^<]*)", page)
            assert words, path
            assert not {"Report", "Reply", "Topic to come"} & {one.strip() for one in words}, path
        said = '<div class="say" dir="auto" lang="fr">'
        assert said in (await member.get(paths[1])).text
        assert said in (await member.get(paths[-1])).text

"""The doors: who comes in by which link, once or again, and who is turned away with a way to go on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.requests import Request

from bot.core.audience import Reads
from bot.core.hearing import Author
from bot.core.model import Role, Series, Visibility
from bot.storage.doors.secrets import SecretKind
from bot.web.reader import Reader, reader
from tests.support.set_clock import SetClock
from tests.support.web_house import Browser, WebHouse, web_house


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[WebHouse]:
    async with web_house(tmp_path, SetClock()) as house:
        yield house


def clock(web: WebHouse) -> SetClock:
    assert isinstance(web.site.clock, SetClock)
    return web.site.clock


async def read_by(web: WebHouse, browser: Browser) -> Reader:
    """Who a browser's owner is to the pages."""
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    request = Request({"type": "http", "headers": [(b"cookie", cookie.encode())]})
    async with web.store.read() as tx:
        return await reader(web.site, request, tx, web.community)


async def series(web: WebHouse, visibility: Visibility) -> Series:
    async with web.store.begin() as tx:
        made = Series(0, web.community.id, f"Chat {visibility}", visibility=visibility)
        found = await tx.add_series(made, web.place.id, (), clock(web).at)
        await tx.give_addresses()
        return await tx.series(found.id)


# --- Joining ---------------------------------------------------------------------------------


async def test_the_door_says_which_room_it_is_and_who_reads(web: WebHouse) -> None:
    got = await web.stranger().get(await web.join_link())
    assert got.status == 200
    for words in ("Maths Chat", "Join the room edchat", "Each chat says at its start who may read it"):
        assert words in got.text
    assert "EdChats are for adults who teach" in got.text
    assert got.headers["cache-control"] == "no-store"


async def test_the_door_promises_no_more_than_the_least_open_of_chat_and_room(web: WebHouse) -> None:
    await series(web, Visibility.MEMBERS)
    assert "Members of this place can read" in (await web.stranger().get(await web.join_link())).text
    await series(web, Visibility.PUBLIC)
    assert "Whoever has the link can read" in (await web.stranger().get(await web.join_link())).text


async def test_a_name_lets_in_and_gives_a_link_for_coming_back(web: WebHouse) -> None:
    ana = await web.join("Ana")
    asks = await read_by(web, ana)
    assert asks.person is not None
    assert (asks.person.name, asks.person.platform, asks.role) == ("Ana", "browser", Role.ANYONE)
    assert asks.audience.reads is Reads.MEMBERS
    assert ana.back.startswith("/in/")


async def test_who_is_known_goes_straight_into_the_room(web: WebHouse) -> None:
    ana = await web.join("Ana")
    link = await web.join_link()
    for got in (await ana.get(link, follow=False), await ana.post(link, {"name": "B"}, follow=False)):
        assert (got.status, got.headers["location"]) == (303, "/room/edchat/")
    assert len(await everybody(web)) == 1


async def test_the_cookie_is_for_this_site_alone_and_out_of_reach_of_scripts(tmp_path: Path) -> None:
    for base_url, secure in (("https://chat.example.org", True), ("http://chat.example.org", False)):
        async with web_house(tmp_path / str(secure), base_url=base_url) as web:
            got = await web.stranger().post(await web.join_link(), {"name": "Ana"})
            cookie = got.headers["set-cookie"]
            for part in ("edchat=", "HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={90 * 86400}"):
                assert part in cookie
            assert ("Secure" in cookie) is secure
            assert f'href="{base_url}/in/' in got.text


@pytest.mark.parametrize(
    ("name", "because"),
    [
        *((used, "That name belongs") for used in ("Ana", "ana", "Аna", "A\u200bna", "EdChat", "Mo")),
        *((none, "A name ") for none in ("", "\u3164", "x" * 41)),
    ],
)
async def test_names_in_use_and_names_that_are_none_are_refused_and_nobody_comes_in(
    web: WebHouse, name: str, because: str
) -> None:
    await web.host("Mo")
    await web.join("Ana")
    stranger = web.stranger()
    got = await stranger.post(await web.join_link(), {"name": name})
    assert got.status == 422
    assert because in got.text
    assert stranger.cookies == {}
    assert len(await everybody(web)) == 2


async def test_a_refused_name_stands_in_the_field_again_and_does_nothing_there(web: WebHouse) -> None:
    got = await web.stranger().post(await web.join_link(), {"name": '"><script>alert(1)</script>' * 3})
    assert got.status == 422
    assert "<script>alert" not in got.text
    assert "&lt;script&gt;" in got.text


async def test_a_form_sent_twice_makes_one_person(web: WebHouse) -> None:
    link, form = await web.join_link(), {"name": "Ana", "once": "a key of this form alone"}
    got = await asyncio.gather(*(web.stranger().post(link, form) for _ in range(3)))
    assert [one.status for one in got] == [200] * 3
    assert await everybody(web) == ["Ana"]
    clock(web).at += timedelta(minutes=11)
    assert (await web.stranger().post(link, form)).status == 422


async def test_two_who_want_one_name_at_once_do_not_both_get_it(web: WebHouse) -> None:
    link = await web.join_link()
    got = await asyncio.gather(*(web.stranger().post(link, {"name": "Ana"}) for _ in range(5)))
    assert sorted(one.status for one in got) == [200, 422, 422, 422, 422]


async def test_a_replaced_join_link_opens_nothing_and_the_new_one_does(web: WebHouse) -> None:
    old = await web.join_link()
    async with web.store.begin() as tx:
        new = await tx.new_join_secret(web.place.id)
    for path in (old, "/join/wrong", "/join/%00", f"/join/{'x' * 500}"):
        got = await web.stranger().get(path)
        assert got.status == 403
        assert "Ask a host of your chat" in got.text
        assert (await web.stranger().post(path, {"name": "Ana"})).status == 403
    assert (await web.stranger().get(f"/join/{new}")).status == 200


async def test_nobody_joins_the_hosts_room_by_a_link(web: WebHouse) -> None:
    assert (await web.stranger().get(await web.join_link(web.hosts))).status == 403


async def test_one_browser_is_somebody_in_each_of_two_communities(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        other = await tx.add_house("History Chat", "Europe/London")
        room = next(p for p in await tx.places_of_community(other.id) if p.id != other.hosts_place_id)
    ana = await web.join("Ana")
    await web.join("Annie", room, ana)
    for community, name in ((web.community, "Ana"), (other, "Annie")):
        request = Request(
            {"type": "http", "headers": [(b"cookie", f"edchat={ana.cookies['edchat']}".encode())]}
        )
        async with web.store.read() as tx:
            asks = await reader(web.site, request, tx, community)
        assert asks.person is not None
        assert asks.person.name == name


# --- Coming back, becoming a host, reading ---------------------------------------------------


async def test_a_return_link_brings_the_same_person_back_as_often_as_they_like(web: WebHouse) -> None:
    ana = await web.join("Ana")
    for _ in range(2):
        phone = web.stranger()
        assert "Come back as <bdi>Ana</bdi>" in (await phone.get(ana.back)).text
        got = await phone.post(ana.back, follow=False)
        assert (got.status, got.headers["location"]) == (303, "/room/edchat/")
        assert (await read_by(web, phone)).person == (await read_by(web, ana)).person


async def test_a_member_gets_a_new_return_link_and_the_old_one_is_over(web: WebHouse) -> None:
    ana = await web.join("Ana")
    assert "Give me a link" in (await ana.get("/room/edchat/back")).text
    got = await ana.post("/room/edchat/back")
    new = got.text.partition('href="' + web.base)[2].partition('"')[0]
    assert (await web.stranger().get(ana.back)).status == 403
    assert (await web.stranger().get(new)).status == 200
    for path in ("/room/edchat/back", "/room/hosts/back", "/room/nowhere/back"):
        assert (await web.stranger().get(path)).status == 404
    assert (await ana.get("/room/hosts/back")).status == 404


async def test_a_link_preview_does_not_spend_a_hosts_link(web: WebHouse) -> None:
    link, browser = await web.host_link(), web.stranger()
    for _ in range(3):
        assert "Become a host" in (await web.stranger().get(link)).text
    refused = await browser.post(link, {"name": ""})
    assert (refused.status, "A name needs" in refused.text) == (422, True)
    got = await browser.post(link, {"name": "Mo"}, follow=False)
    assert (got.status, got.headers["location"]) == (303, "/room/hosts/")
    asks = await read_by(web, browser)
    assert (asks.role, asks.audience.reads, asks.host) == (Role.HOST, Reads.HOSTS, True)


async def test_a_member_who_opens_a_hosts_link_becomes_one_under_their_name(web: WebHouse) -> None:
    ana = await web.join("Ana")
    got = await ana.post(await web.host_link(), follow=False)
    assert got.status == 303
    asks = await read_by(web, ana)
    assert (asks.person and asks.person.name, asks.host) == ("Ana", True)
    assert await everybody(web) == ["Ana"]


async def test_a_link_that_opens_once_opens_once_however_fast_it_is_asked(web: WebHouse) -> None:
    link = await web.host_link()
    got = await asyncio.gather(
        *(web.stranger().post(link, {"name": f"Mo {n}"}, follow=False) for n in range(6))
    )
    assert sorted(one.status for one in got) == [303, 403, 403, 403, 403, 403]
    assert len(await everybody(web)) == 1


async def test_b310_a_wrong_used_or_expired_link_says_how_to_get_a_new_one(web: WebHouse) -> None:
    used, expired = await web.host_link(), await web.host_link()
    assert (await web.stranger().post(used, {"name": "Mo"}, follow=False)).status == 303
    clock(web).at += timedelta(days=7, seconds=1)
    session = (await web.join("Ana")).cookies["edchat"]
    for path in (used, expired, "/in/wrong", f"/in/{session}", "/in/%F0%9F%A6%8A", f"/in/{'x' * 600}"):
        for got in (await web.stranger().get(path), await web.stranger().post(path, {"name": "Eve"})):
            assert got.status == 403, path
            assert "was used already, has run out" in got.text
            assert "Ask a host of your chat for a new one" in got.text


async def test_a_reading_link_lets_somebody_of_another_network_read(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        await tx.add_place(web.community.id, "discord", "77", "general")
        dana = await tx.person("discord", Author("1", "Dana"), web.community.id)
    link, browser = await web.secret_link(SecretKind.READING, person_id=dana.id), web.stranger()
    assert "Open the archive" in (await browser.get(link)).text
    got = await browser.post(link, follow=False)
    assert (got.status, got.headers["location"]) == (303, web.site.path(web.community))
    asks = await read_by(web, browser)
    assert (asks.person, asks.audience.reads) == (dana, Reads.MEMBERS)


async def test_b311_who_left_yesterday_reads_what_strangers_read(web: WebHouse) -> None:
    async with web.store.begin() as tx:
        await tx.add_place(web.community.id, "discord", "77", "general")
        dana = await tx.person("discord", Author("1", "Dana"), web.community.id)
    browser = web.stranger()
    await browser.post(await web.secret_link(SecretKind.READING, person_id=dana.id), follow=False)
    assert (await read_by(web, browser)).audience.reads is Reads.MEMBERS
    async with web.store.begin() as tx:
        assert await tx.still_member(dana.id, web.community.id)
        await tx.left_community(web.community.id, dana.id, clock(web).at)
    clock(web).at += timedelta(days=1)
    assert (await read_by(web, browser)).audience.reads is Reads.PUBLIC
    async with web.store.read() as tx:
        assert not await tx.still_member(dana.id, web.community.id)


async def test_who_is_banned_is_out_at_once_and_no_old_link_brings_them_back(web: WebHouse) -> None:
    ana = await web.join("Ana")
    person = await web.person("Ana")
    async with web.store.begin() as tx:
        await tx.ban(web.community.id, person.id, clock(web).at)
    assert (await read_by(web, ana)).person is None
    assert (await web.stranger().post(ana.back)).status == 403


async def test_a_session_ends_after_ninety_days(web: WebHouse) -> None:
    ana = await web.join("Ana")
    clock(web).at += timedelta(days=89)
    assert (await read_by(web, ana)).person is not None
    clock(web).at += timedelta(days=1, seconds=1)
    assert (await read_by(web, ana)).person is None


async def test_signing_out_ends_the_session_in_the_books_too(web: WebHouse) -> None:
    ana = await web.join("Ana")
    stolen = dict(ana.cookies)
    got = await ana.post("/out", follow=False)
    assert (got.status, got.headers["location"], ana.cookies) == (303, "/", {})
    thief = web.stranger()
    thief.session.cookie_jar.update_cookies(stolen)
    assert (await read_by(web, thief)).person is None
    assert (await ana.get("/out")).status == 405


async def test_a_weekly_chats_link_sets_a_cookie_and_leads_to_its_page(web: WebHouse) -> None:
    one, other = await series(web, Visibility.LINK), await series(web, Visibility.MEMBERS)
    async with web.store.begin() as tx:
        secrets = [await tx.link_secret(each.id) for each in (one, other)]
    browser = web.stranger()
    for each, secret in zip((one, other), secrets, strict=True):
        got = await browser.get(f"/l/{secret}", follow=False)
        assert got.headers["location"] == web.site.path(web.community, f"{each.slug}/")
    asks = await read_by(web, browser)
    assert asks.person is None
    assert asks.audience.series == {one.id, other.id}
    async with web.store.begin() as tx:
        await tx.new_link_secret(one.id)
    assert (await read_by(web, browser)).audience.series == {other.id}
    got = await web.stranger().get(f"/l/{secrets[0]}")
    assert (got.status, "opens no weekly chat" in got.text) == (403, True)


@pytest.mark.parametrize(
    ("id_", "next_"),
    [("B298", "//evil.example"), ("B299", "/\\evil.example"), ("B300", "https:evil")],
)
async def test_no_door_leads_where_an_address_says(web: WebHouse, id_: str, next_: str) -> None:
    ana, asked = await web.join("Ana"), f"?next={next_}&url={next_}"
    links = [await web.join_link(), ana.back, await web.host_link(), "/out"]
    for link in links:
        got = await ana.post(link + asked, {"next": next_}, follow=False)
        assert got.status == 303, (id_, link)
        assert got.headers["location"] in ("/room/edchat/", "/room/hosts/", "/")
        ana = await web.join(f"Ana {link[:5]} {len(link)}") if link == ana.back else ana
    assert (await web.stranger().get(f"/login/{asked}", follow=False)).status == 404


async def everybody(web: WebHouse) -> list[str]:
    async with web.store.read() as tx:
        return [person.name for person, _ in await tx.members(web.community.id)]

"""The first ten minutes of whoever hosts the bot: one command, one link, and an end when asked for it."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import socket
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar

from tests.support.hosted import Hosted, edchat, hosted, link_in
from tests.support.web_house import FROM_A_PAGE


@asynccontextmanager
async def browser() -> AsyncIterator[ClientSession]:
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as session:
        yield session


async def get(session: ClientSession, url: str) -> tuple[int, str]:
    async with session.get(url) as answer:
        return answer.status, await answer.text()


async def post(session: ClientSession, url: str, **form: str) -> tuple[int, str, str]:
    async with session.post(url, data=form, headers=FROM_A_PAGE) as answer:
        return answer.status, answer.url.path, await answer.text()


async def first_link(bot: Hosted) -> str:
    said = await asyncio.to_thread(bot.line)
    assert said.startswith("Nobody runs this EdChat yet.")
    return link_in(await asyncio.to_thread(bot.line))


async def come_in(session: ClientSession, link: str, name: str = "Mo") -> str:
    """Become a host by a link; gives the page that follows."""
    status, path, page = await post(session, link, name=name)
    assert (status, path) == (200, "/room/hosts/"), page
    return page


async def shows(session: ClientSession, url: str, words: str) -> bool:
    """Whether words come to stand on a page."""
    for _ in range(100):
        _, page = await get(session, url)
        if words in page:
            return True
        await asyncio.sleep(0.1)
    return False


async def test_an_empty_folder_one_command_and_a_link_lead_into_the_hosts_room(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with hosted(folder) as bot:
        link = await first_link(bot)
        async with browser() as mo:
            status, page = await get(mo, link)
            assert (status, "Become a host" in page, "Continue" in page) == (200, True, True)
            status, page = await get(mo, link)  # a look does not use it up
            assert (status, "Continue" in page) == (200, True)
            await come_in(mo, link)
            assert await shows(mo, f"{link.partition('/in/')[0]}/room/hosts/", "Set up")
            status, page = await get(mo, link)
            assert status == 403
        assert bot.stop() < 10
    with hosted(folder) as bot:
        said = await asyncio.to_thread(bot.line)
        assert re.fullmatch(r"The pages are at http://127\.0\.0\.1:\d+/", said)
        assert bot.stop() < 10


async def test_until_somebody_came_each_start_says_a_fresh_link(tmp_path: Path) -> None:
    links = []
    for _ in range(2):
        with hosted(tmp_path / "data") as bot:
            links.append((await first_link(bot)).rpartition("/")[2])
            bot.stop()
    assert links[0] != links[1]


async def test_what_is_written_is_this_users_alone(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with hosted(folder) as bot:
        await first_link(bot)
        for _ in range(200):
            if list(folder.glob("backups/edchat-*.sqlite")):
                break
            await asyncio.sleep(0.05)
        files = [folder, *folder.rglob("*")]
        assert {file.name for file in files} >= {
            "edchat.sqlite",
            "edchat.sqlite-wal",
            "edchat.sock",
            "backups",
        }
        assert [str(file) for file in files if stat.S_IMODE(file.stat().st_mode) & 0o077] == []
        assert [one["what"] for one in doctor(folder) if not one["fine"]] == ["hosts"]


def doctor(folder: Path) -> list[dict[str, str]]:
    told = edchat(folder, "doctor", "--json")
    found: list[dict[str, str]] = json.loads(told.stdout)
    assert told.returncode == (0 if all(one["fine"] for one in found) else 1), told.stderr
    return found


async def test_a_link_for_one_more_host_opens_once(tmp_path: Path) -> None:
    with hosted(tmp_path / "data") as bot:
        await first_link(bot)
        told = await asyncio.to_thread(edchat, bot.folder, "link")
        assert told.returncode == 0, told.stderr
        link = link_in(told.stdout)
        async with browser() as pia:
            await come_in(pia, link, "Pia")
            assert doctor(bot.folder)
        async with browser() as stranger:
            assert (await get(stranger, link))[0] == 403
            assert (await post(stranger, link, name="Eve"))[0] == 403


async def test_with_several_communities_a_link_needs_to_know_which(tmp_path: Path) -> None:
    with hosted(tmp_path / "data") as bot:
        await first_link(bot)
        made = await asyncio.to_thread(edchat, bot.folder, "say", 'house create "Maths Chat"')
        assert made.returncode == 0, made.stdout + made.stderr
        where = await asyncio.to_thread(edchat, bot.folder, "say", "room people")
        assert where.stderr.endswith("name: edchat, hosts, maths-chat, maths-chat-hosts.\n")
        for place in ("edchat", "maths-chat"):
            listed = await asyncio.to_thread(edchat, bot.folder, "say", "series list", "--place", place)
            assert listed.returncode == 0, listed.stderr
        unsure = await asyncio.to_thread(edchat, bot.folder, "link")
        assert (unsure.returncode, "--community EdChat | Maths Chat" in unsure.stderr) == (1, True)
        wrong = await asyncio.to_thread(edchat, bot.folder, "link", "--community", "Physics")
        assert (wrong.returncode, "'Physics'" in wrong.stderr) == (1, True)
        for name, word in (("Pia", "Maths Chat"), ("Ola", "maths-chat")):
            told = await asyncio.to_thread(edchat, bot.folder, "link", "--community", word)
            async with browser() as pia:
                status, _, page = await post(pia, link_in(told.stdout), name=name)
                assert (status, "Maths Chat" in page) == (200, True)


def test_a_link_needs_a_bot_that_runs(tmp_path: Path) -> None:
    told = edchat(tmp_path / "data", "link")
    assert (told.returncode, told.stdout) == (1, "")
    assert (
        told.stderr
        == "The bot does not run on this data folder. Start it with `edchat run`, then ask again.\n"
    )


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        told = edchat(tmp_path / "data", "run", EDCHAT_WEB_PORT=port, EDCHAT_LOG_LEVEL="error")
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}" in told.stderr
    assert "EDCHAT_WEB_PORT" in told.stderr


async def test_it_ends_in_time_with_live_pages_open_and_a_request_half_sent(tmp_path: Path) -> None:
    with hosted(tmp_path / "data") as bot:
        link = await first_link(bot)
        host, port = "127.0.0.1", int(re.findall(r":(\d+)/", link)[0])
        async with browser() as mo:
            await come_in(mo, link)
            base = link.partition("/in/")[0]
            live = [await mo.get(f"{base}/room/hosts/events") for _ in range(3)]
            assert {one.status for one in live} == {200}
            _, slow = await asyncio.open_connection(host, port)
            head = f"POST /join/x HTTP/1.1\r\nHost: {host}:{port}\r\nSec-Fetch-Site: same-origin\r\n"
            head += "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 9\r\n\r\n"
            slow.write(f"{head}na".encode())
            _, slower = await asyncio.open_connection(host, port)
            slower.write(b"GET / HT")
            await slow.drain()
            await asyncio.sleep(0.3)
            took = await asyncio.to_thread(bot.stop)
            slow.close()
            slower.close()
        assert took < 10
    log = (tmp_path / "log.txt").read_text()
    assert "Traceback" not in log


def test_a_prompt_on_a_folder_with_rooms_in_the_browser_is_refused(tmp_path: Path) -> None:
    assert edchat(tmp_path / "data", "say", "series list").returncode == 0
    told = edchat(tmp_path / "data", "chat", stdin="hello\n")
    assert told.returncode == 1
    assert told.stderr.startswith("The rooms of this data folder are in the browser")
    assert told.stderr.count("\n") == 1


def test_a_prompt_on_an_empty_folder_makes_rooms_there(tmp_path: Path) -> None:
    told = edchat(tmp_path / "data", "chat", stdin="ana> hello\n")
    assert (told.returncode, told.stderr) == (0, "")
    assert [file.name for file in (tmp_path / "data" / "rooms").iterdir()]
    found = {one["what"]: one for one in doctor(tmp_path / "data")}
    assert "hosts" not in found


def test_restore_by_hand(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert edchat(folder, "say", 'series create "Tuesday chat" when="every Tuesday 20:00"').returncode == 0
    assert edchat(folder, "backup", str(tmp_path / "copy.sqlite")).returncode == 0
    assert edchat(folder, "say", 'series edit title="Friday chat"').returncode == 0
    assert "Tuesday chat" not in edchat(folder, "say", "series list").stdout
    told = edchat(folder, "restore", str(tmp_path / "copy.sqlite"))
    assert (told.returncode, told.stdout.startswith("Restored ")) == (0, True), told.stderr
    assert "Tuesday chat" in edchat(folder, "say", "series list").stdout
    nothing = edchat(folder, "restore", str(tmp_path / "nothing.sqlite"))
    assert (nothing.returncode, nothing.stderr) == (1, f"There is no file {tmp_path / 'nothing.sqlite'}.\n")


def test_restore_while_the_bot_runs_is_refused(tmp_path: Path) -> None:
    with hosted(tmp_path / "data") as bot:
        bot.line()
        assert edchat(bot.folder, "backup", str(tmp_path / "copy.sqlite")).returncode == 0
        told = edchat(bot.folder, "restore", str(tmp_path / "copy.sqlite"))
        assert (told.returncode, f"process {bot.process.pid}" in told.stderr) == (1, True)


@pytest.mark.parametrize("words", [("run",), ("status",), ("doctor",)])
def test_a_damaged_database_is_one_sentence_and_stays_as_it_is(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    folder = tmp_path / "data"
    folder.mkdir(0o700)
    (folder / "edchat.sqlite").write_bytes(b"no database " * 1000)
    told = edchat(folder, *words, EDCHAT_LOG_LEVEL="error")
    assert told.returncode == 1
    assert "damaged" in told.stdout + told.stderr
    assert told.stderr.count("\n") == 1
    assert (folder / "edchat.sqlite").read_bytes() == b"no database " * 1000


async def test_what_say_offers_is_taken_by_a_shell_as_one_command(tmp_path: Path) -> None:
    slow = 'series create Slow when="every Monday 9 am" pace=daily days=Mon-Sat readers=public'
    with hosted(tmp_path / "data") as bot:
        await first_link(bot)
        for line in (slow, "chat plan Homework\nWhy?\nHow?\nWhen?", "chat start sure=yes"):
            done = await asyncio.to_thread(edchat, bot.folder, "say", line)
            assert done.returncode == 0, done.stderr
        told = await asyncio.to_thread(edchat, bot.folder, "say", "chat now")
    lines = [line.partition("edchat ")[2] for line in told.stdout.splitlines() if "edchat say" in line]
    offered = [shlex.split(line)[1] for line in lines]
    assert any(line.startswith('chat extend "1 day" chat=') for line in offered), told.stdout

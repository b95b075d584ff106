"""A whole demo, as somebody starts it: its one line, its plain lines, its end, and what it leaves behind."""

import asyncio
import re
import signal
import sys
from pathlib import Path

import pytest
from aiohttp import ClientSession, CookieJar

from bot.core import sentences
from bot.core.model import Refused
from bot.demo import Demo
from bot.demo.samples import sample, samples
from tests.demo.playing import environment, left_behind, played, whole_evening

COMMAND = [sys.executable, "-m", "bot", "demo"]


async def look_in(participant: str, host: str, archive: str) -> None:
    """Come in by the printed links, as a participant and as a host, and read the archive."""
    base = participant.partition("/join/")[0]
    for link, name in ((participant, "Robin"), (host, "Sasha")):
        own = ClientSession(cookie_jar=CookieJar(unsafe=True), headers={"Origin": base})
        async with own as browser, browser.post(link, data={"name": name}) as room:
            text = await room.text()
            assert (room.status, room.url.path.startswith("/room/")) == (200, link == host), text
    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as browser, browser.get(archive) as page:
        assert page.status == 200
        assert "(simulated " in await page.text()


@pytest.mark.slow
def test_the_demo_loses_and_doubles_nothing_and_asks_every_question_once(tmp_path: Path) -> None:
    said = played(COMMAND, tmp_path, "--seconds", "30", "--seed", "12", "--json")
    line = whole_evening(said, tmp_path, 80)  # a slow machine has time for fewer
    assert list(line["filed"]) == ["label", "thread", "reply", "form", "reaction", "moderator"]
    assert all(line["filed"].values())


async def test_it_stays_until_it_is_stopped_and_says_where_to_look(tmp_path: Path) -> None:
    demo = await asyncio.create_subprocess_exec(
        *COMMAND, "--seconds", "20", "--chat", "open access", "--people", "12",
        env=environment(tmp_path), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        assert demo.stdout is not None
        assert demo.stderr is not None
        printed = ""
        async with asyncio.timeout(150):
            while "Ctrl-C" not in printed:
                line = (await demo.stdout.readline()).decode()
                assert line, (printed, await demo.stderr.read())
                printed += line
        assert "5 of 5 questions were asked" in printed
        assert "0 lost, 0 doubled" in printed
        assert f"EDCHAT_DATA_DIR={tmp_path / 'demo-'}" in printed
        await look_in(*re.findall(r"http://127\S+", printed)[:3])
        demo.send_signal(signal.SIGTERM)
        async with asyncio.timeout(10):
            assert (await demo.wait(), await demo.stderr.read()) == (0, b"")
        assert [folder.name[:5] for folder in left_behind(tmp_path)] == ["demo-"]
    finally:
        if demo.returncode is None:
            demo.kill()
            await demo.wait()


@pytest.mark.parametrize(
    ("demo", "sentence"),
    [
        (Demo(people=2), sentences.DEMO_PEOPLE),
        (Demo(people=401), sentences.DEMO_PEOPLE),
        (Demo(seconds=4), sentences.DEMO_SECONDS),
        (Demo(seconds=float("nan")), sentences.DEMO_SECONDS),
    ],
)
def test_what_cannot_be_played_is_refused(demo: Demo, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        demo.check()
    assert str(refused.value) == sentence


def test_words_that_name_no_chat_or_several_show_what_there_is() -> None:
    with pytest.raises(Refused, match="#critlib year end chat"):
        sample("no such chat")
    with pytest.raises(Refused, match="#NGSSchat practice: models") as several:
        sample("practice")
    assert "year end" not in str(several.value)


def test_every_sample_names_its_source_and_can_be_found() -> None:
    assert len(samples()) == 9
    assert all(one.source and one.questions and sample(one.name) == one for one in samples())

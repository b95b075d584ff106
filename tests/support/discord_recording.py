"""A recording of a school's first chat on Discord: what its moderator and a participant do and read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from tests.support.discord_first_chat import SATURDAY, FirstChat, first_chat
from tests.support.discord_story import told, written
from tests.support.fake_discord.answers import Answer
from tests.support.fake_discord.people import Someone
from tests.support.fake_discord.places import Message
from tests.support.fake_discord.shapes import BOT_NEEDS, Can

EIGHT: Final = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)
"""Tuesday at eight in the evening in New York."""
QUESTIONS: Final = (
    "What did your class do at home this week?",
    "What made the difference between homework that was done and homework that was not?",
    "Whom does homework leave out?",
    "How do you do feedback?",
    "What would you stop at once if you could?",
    "What will you try next week?",
)
BETTER: Final = "How do you give feedback that somebody reads?"
KEYCAP: Final = "\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"
_LINK: Final = re.compile(r"https://discord\.com/channels/\d+/\d+/\d+")
_SECRET: Final = re.compile(r"/l/[\w-]{20,}")
_STAMP: Final = re.compile(r"<t:(\d+):([FR])>")
_ZONE: Final = ZoneInfo("America/New_York")


@dataclass
class Scene:
    """One thing that somebody does, and what they read then."""

    title: str
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What is read."""
        return "\n".join(self.lines)


@dataclass
class Recording:
    """The scenes of one person, in their order."""

    here: FirstChat
    person: Someone
    scenes: list[Scene] = field(default_factory=list)

    def scene(self, title: str) -> Scene:
        """Begin a scene."""
        self.scenes.append(Scene(title))
        return self.scenes[-1]

    def read(self, lines: Iterable[str]) -> None:
        """Note what is read, as it looks on the screen."""
        self.scenes[-1].lines += [self._seen(line) for line in lines]

    def reads(self, *messages: Message) -> None:
        """Read messages that stand for all to see."""
        for message in messages:
            channel = self.here.fake.world.channels[message.channel_id]
            where = f"[thread {channel.name}]" if channel.thread else f"#{channel.name}"
            self.read(written(where, message))

    async def hears(self, answer: Answer) -> Answer:
        """Read what the bot answers."""
        assert not answer.failed
        assert not answer.deferred
        assert answer.ephemeral or answer.modal
        self.read(told(self.person, answer))
        return answer

    async def presses(self, shown: Message | Answer, label: str) -> Answer:
        """Press a button."""
        self.read([f"> {_name(self.person)} presses {label}"])
        return await self.hears(await self.person.clicks(shown, label))

    async def types(self, line: str, **options: Any) -> Answer:
        """Type a command."""
        typed = " ".join([f"/{line}", *(f"{name}:{value}" for name, value in options.items())])
        self.read([f"> {_name(self.person)} types {typed}"])
        return await self.hears(await self.person.slash(self.here.channel, line, **options))

    async def sends(self, form: Answer, **fields: Any) -> Answer:
        """Fill in a form and send it."""
        for name, value in fields.items():
            label = form.form.field(name).label
            self.read(_filled(label, value))
        self.read([f"> {_name(self.person)} sends the form"])
        return await self.hears(await self.person.submits(form, **fields))

    async def says(self, text: str, **more: Any) -> Message:
        """Write in the channel."""
        message = self.person.says(self.here.channel, text, **more)
        self.reads(message)
        await self.here.settled()
        return message

    def _seen(self, line: str) -> str:
        line = _SECRET.sub("/l/...", _LINK.sub("(a link to it)", line))
        return _STAMP.sub(self._time, line)

    def _time(self, found: re.Match[str]) -> str:
        at = datetime.fromtimestamp(int(found[1]), UTC)
        if found[2] == "F":
            local = at.astimezone(_ZONE)
            return f"{local:%A}, {local.day} {local:%B %Y} {local:%H:%M}"
        return _ahead(at - self.here.clock.now())


async def recorded(folder: Path) -> tuple[Recording, Recording]:
    """Let the bot run in a school that invites it, and record its moderator's and a participant's evening."""
    async with first_chat(folder) as here:
        maya = Recording(here, here.maya)
        await _moderator(maya)
        await here.at(EIGHT + timedelta(minutes=16))
        dana = here.fake.person("Dana", here.guild)
        dana.says(here.channel, "A2: It was short, and somebody looked at it the next day.")
        await here.at(EIGHT + timedelta(minutes=18))
        ana = Recording(here, here.fake.person("Ana", here.guild))
        await _participant(ana)
        return maya, ana


async def _moderator(maya: Recording) -> None:
    ready = await _set_up(maya)
    form = await maya.presses(ready, "Weekly chat")
    maya.scene("The form *Weekly chat*")
    dates = await maya.sends(
        form, title="Tuesday EdChat", when="Tuesdays 8 pm", zone="ET", hashtag="#riverside"
    )
    maya.scene("*Yes, go on*")
    form = await maya.presses(dates, "Yes, go on")
    maya.scene("The form *Questions*")
    sheet = await maya.sends(form, topic="Homework", questions="\n".join(QUESTIONS))
    await _tell(maya, sheet)


async def _set_up(maya: Recording) -> Answer:
    here = maya.here
    maya.scene("She opens the invitation and chooses her server")
    here.fake.world.invite_bot(here.guild, BOT_NEEDS & ~int(Can.PIN_MESSAGES))
    await here.greeted()
    maya.reads(*here.standing(here.general))
    maya.scene("`/edchat`, and *Set up*")
    form = await maya.presses(await maya.types("edchat"), "Set up")
    maya.scene("Its form")
    ready = await maya.sends(form, where=[here.channel], readers=["link"])
    await here.settled()
    maya.read(["> In the channel's settings Maya allows the bot to pin messages"])
    here.give_pins()
    return ready


async def _tell(maya: Recording, sheet: Answer) -> None:
    here = maya.here
    maya.scene("*Rehearse*")
    await maya.presses(sheet, "Rehearse")
    before = len(here.standing(here.hosts()))
    await here.at(SATURDAY + timedelta(minutes=5))
    maya.reads(*here.standing(here.hosts())[before:])
    maya.scene("*Announce*")
    await maya.presses(sheet, "Announce")
    await here.settled()
    maya.reads(here.post("Next chat"))
    maya.scene("And one more, because she thinks of it: *Edit Q4*")
    await maya.sends(await maya.presses(sheet, "Edit Q4"), text=BETTER)


async def _participant(ana: Recording) -> None:
    here = ana.here
    ana.scene("8:18 pm. She joins the server, and reads what is pinned")
    pinned = here.fake.world.pins(here.channel)[0]
    ana.reads(pinned)
    ana.scene("*Catch up*")
    await ana.presses(pinned, "Catch up")
    ana.scene("*Answer*")
    await ana.sends(await ana.presses(pinned, "Answer"), your_answer="Those who could start it in class.")
    await here.settled()
    await _files(ana)
    await _answers_late(ana)
    await _her_words(ana, pinned)
    ana.scene("9:00 pm. It is over")
    await here.at(EIGHT + timedelta(minutes=60, seconds=1))
    ana.reads(closing := here.post("That was"))
    await ana.presses(closing, "Remind me next time")


async def _files(ana: Recording) -> None:
    here = ana.here
    ana.scene("She talks, and files what she said")
    agreed = await ana.says("I agree with Dana")
    assert await here.filed(agreed) is None
    ana.read(["> Ana puts 2 on her message"])
    ana.person.reacts(agreed, f"2{KEYCAP}")
    await here.has(agreed, "2 reaction")
    await here.settled()
    ana.reads(*here.standing(here.thread(2))[1:])


async def _answers_late(ana: Recording) -> None:
    here = ana.here
    ana.scene("8:22 pm. The next question")
    await here.at(EIGHT + timedelta(minutes=22, seconds=1))
    ana.reads(here.standing(here.thread(2))[-1], here.post("Q3: "))
    ana.scene("She answers the first question late")
    late = await ana.says("A1: They measured shadows, and argued about noon.")
    await here.has(late, "1 label")
    await here.settled()
    ana.reads(here.standing(here.thread(1))[-1])


async def _her_words(ana: Recording, pinned: Message) -> None:
    ana.scene("*Who reads this?*, and *My words*")
    await ana.presses(pinned, "Who reads this?")
    await ana.types("privacy name", pseudonym="Reader 12")
    await ana.presses(await ana.types("edchat"), "My words")


def page(maya: Recording, ana: Recording) -> str:
    """The recording as a page."""
    head = [
        "# A first chat on Discord",
        "",
        "A recording of the bot as it is shipped, on a Discord of the tests (`python -m tools.first_chat`).",
        "What only one person sees is marked so; buttons stand in brackets.",
    ]
    eight, extra = maya.scenes[:8], maya.scenes[8:]
    numbered = [Scene(f"{n}. {scene.title}", scene.lines) for n, scene in enumerate(eight, 1)]
    moderator = [
        "",
        "## The moderator: eight things to do, and the night runs by itself",
        *_parts(numbered + extra),
    ]
    participant = ["", "## A participant, on a phone", *_parts(ana.scenes)]
    return "\n".join([*head, *moderator, *participant, ""])


def _parts(scenes: Iterable[Scene]) -> Iterable[str]:
    for scene in scenes:
        yield from ("", f"### {scene.title}", "", "```", *scene.lines, "```")


def _filled(label: str, value: Any) -> Iterable[str]:
    if not isinstance(value, str):
        value = ", ".join(one if isinstance(one, str) else f"#{one.name}" for one in value)
    first, *more = value.splitlines()
    yield f"      {label}: {first}"
    yield from (f"      {line}" for line in more)


def _ahead(wait: timedelta) -> str:
    minutes = round(wait / timedelta(minutes=1))
    if minutes >= 60 * 24:
        return f"in {round(minutes / 60 / 24)} days"
    return f"in {minutes} minutes" if minutes > 0 else "now"


def _name(person: Someone) -> str:
    return person.user.global_name or person.user.username

"""An evening of the demo on our little Discord: the same people and the same hour, over sockets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import SecretStr

from bot.app import App
from bot.core.model import Place, Refused
from bot.core.sentences.forms import FILE_UNDER
from bot.core.times import clockface
from bot.demo import words
from bot.demo.evening import Evening
from bot.demo.links import Links, links_to
from bot.demo.playing import Demo
from bot.demo.visitor import Visitor
from bot.hosting.reaching import link_for
from bot.settings import Settings
from bot.storage.store import Store
from bot.web.site import Site
from tests.support.discord_story import Story
from tests.support.fake_discord.answers import Answer, buttons_of
from tests.support.fake_discord.people import Someone
from tests.support.fake_discord.places import Channel, Message
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Can, Guild, Json
from tests.support.fake_discord.state import World

KEYCAP: Final = "\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"
PATIENCE: Final = 10.0
_QUESTION: Final = re.compile(r"[A-Z](\d+): ")
_MOVE: Final = re.compile(r"answers move (\d+) (\d+)")


def settings_on(fake: FakeDiscord, settings: Settings) -> Settings:
    """The same settings for a bot that is on our Discord."""
    there = {"discord_api_url": fake.api_url, "discord_gateway_url": fake.gateway_url}
    return settings.model_copy(update=there | {"discord_token": SecretStr(fake.token)})


@dataclass
class Attendee:
    """Somebody at the demo, who does on Discord what the people of the demo do."""

    member: Someone
    channel: Channel
    story: Story | None = None

    async def say(
        self, room: str, text: str, *, thread: str = "", reply: str = "", by_form: bool = False
    ) -> str:
        """Say something and give its id; what is said by a form has the id of its asking."""
        if by_form:
            opened = await self.member.clicks(self._message(thread), "Answer")
            return str((await self._shown(await self.member.submits(opened, text=text))).interaction.id)
        there = await self._thread(thread) if thread else self.channel
        return str(self.member.says(there, text, self._message(reply) if reply else None).id)

    async def types(self, room: str, command: str) -> str:
        """Carry out a command: filing by the message's own menu, another one as a slash command."""
        if moved := _MOVE.fullmatch(command):
            opened = await self.member.chooses(self._message(moved[1]), FILE_UNDER)
            return (await self._shown(await self.member.submits(opened, number=[moved[2]]))).text
        *path, value = command.split()
        return (await self._shown(await self.member.slash(self.channel, " ".join(path), minutes=value))).text

    async def edit(self, room: str, message: str, text: str) -> None:
        """Change one's own words."""
        self.member.edits(self._message(message), text)

    async def delete(self, room: str, message: str) -> None:
        """Take one's own words back."""
        self.member.deletes(self._message(message))

    async def react(self, room: str, message: str, number: int) -> None:
        """Put a digit on a message."""
        self.member.reacts(self._message(message), f"{number}{KEYCAP}")

    async def questions(self, room: str) -> AsyncIterator[tuple[int, str]]:
        """The questions that the bot asks in the channel from now on, each with its post."""
        seen: asyncio.Queue[tuple[int, str]] = asyncio.Queue()

        def look(event: str, data: Json, _guild_id: int | None) -> None:
            if event == "MESSAGE_CREATE" and (found := self._asks(data)):
                seen.put_nowait((found, data["id"]))

        self._world.listeners.append(look)
        try:
            while True:
                yield await seen.get()
        finally:
            self._world.listeners.remove(look)

    async def close(self) -> None:
        """Put the phone away."""

    def _asks(self, data: Json) -> int:
        """Which question a message asks, or 0."""
        asked = _QUESTION.match(data["content"])
        ours = data["author"]["id"] == str(self._world.bot.id)
        if not (asked and ours and data["channel_id"] == str(self.channel.id)):
            return 0
        return int(asked[1]) if "Answer" in buttons_of(self._message(data["id"])) else 0

    async def _shown(self, answer: Answer) -> Answer:
        if self.story is not None:
            self.story.answered(self.member, answer)
        if answer.failed or answer.deferred:
            raise Refused(f"{self.member.user.username} got no answer.")
        return answer

    async def _thread(self, post: str) -> Channel:
        """The thread of a question; it comes a moment after the question."""
        await until(lambda: int(post) in self._world.channels)
        return self._world.channels[int(post)]

    def _message(self, native_id: str) -> Message:
        every = self._world.messages.values()
        return next(here[int(native_id)] for here in every if int(native_id) in here)

    @property
    def _world(self) -> World:
        return self.member.fake.world


class DiscordEvening(Evening):
    """One demo on our Discord; its moderator plans it by buttons and forms."""

    def __init__(self, demo: Demo, settings: Settings, fake: FakeDiscord, story: Story | None) -> None:
        super().__init__(demo, settings_on(fake, settings))
        self.fake = fake
        self._story = story
        self._people = demo.people

    async def room(self, store: Store) -> Place:
        """The place of the channel in which the chat is held."""
        async with store.read() as tx:
            found = await tx.place_called("discord", str(self.channel.id))
        if found is None:
            raise Refused("The bot does not know its channel.")
        return found

    @property
    def guild(self) -> Guild:
        """The only server."""
        return next(iter(self.fake.world.guilds.values()))

    @property
    def channel(self) -> Channel:
        """The only channel."""
        return self.fake.world.channel_named(self.guild, "general")

    async def links(self, app: App, site: Site) -> Links:
        """Where the chat's pages are, for readers and for hosts."""
        place = await self.room(app.store)
        async with app.store.read() as tx:
            community = await tx.community_of(place)
        return await links_to(app.store, place, site.base_url, await link_for(app, community.slug))

    async def _plan(self, app: App, site: Site) -> None:
        guild, world = self.fake.guild("Demo school", None), self.fake.world
        story = self._story
        hosting_role = world.make_role(guild, "Moderators", int(Can.MANAGE_EVENTS))
        maya, *others = words.names(self._people)
        members = [self.fake.person(maya, guild, (hosting_role,))]
        members += [self.fake.person(name, guild) for name in others]
        self._visitors = [Attendee(member, self.channel, story) for member in members]
        await self.fake.gateway.ready()
        world.invite_bot(guild)
        await until(lambda: world.messages[self.channel.id])
        reply = await self._announce(members[0], story)
        place = await self.room(app.store)
        await self._check_plan(app, place, reply)
        await self._all_heard(app, place)

    async def _announce(self, moderator: Someone, story: Story | None) -> str:
        """Go by the buttons from `/edchat` to the announcement."""
        sample, local = self.sample, self.sample.starts_at_local
        when = f"every {local:%A} {clockface.clock_words(local.time())}"

        def shown(answer: Answer) -> Answer:
            if story is not None:
                story.answered(moderator, answer)
            return answer

        async def presses(answer: Answer, label: str, **fields: Any) -> Answer:
            opened = shown(await moderator.clicks(answer, label))
            return shown(await moderator.submits(opened, **fields)) if fields else opened

        card = shown(await moderator.slash(self.channel, "edchat"))
        ready = await presses(card, "Set up", where=[self.channel], readers=["link"])
        dates = await presses(
            ready, "Weekly chat", title=sample.hashtag, when=when, zone=sample.zone,
            minutes=str(sample.minutes), hashtag=sample.hashtag,
        )  # fmt: skip
        questions = "\n".join(sample.questions)
        sheet = await presses(dates, "Yes, go on", topic=sample.topic, questions=questions)
        await presses(sheet, "Announce")
        return sheet.text

    async def _come(self, app: App, links: Links) -> None:
        """Let the moderator open the pages too, so that what is kept can be read."""
        await self.fake.gateway.ready()
        self._reader = Visitor(words.MODERATOR, links.base)
        await self._reader.join(links.host.removeprefix(links.base))

    async def _settle(self, app: App, links: Links) -> None:
        """Wait until all that was said is heard, and all that is queued is sent."""
        await self._all_heard(app, links.room)

    async def _all_heard(self, app: App, room: Place) -> None:
        async with asyncio.timeout(PATIENCE):
            while not (await self._heard(app, room) and await app.idle()):  # noqa: ASYNC110 - asks the database
                await asyncio.sleep(0.02)

    async def _heard(self, app: App, room: Place) -> bool:
        """Whether the newest words of somebody are behind the place where listening stands."""
        world, bot = self.fake.world, self.fake.world.bot
        said = [one.id for here in world.messages.values() for one in here.values() if one.author is not bot]
        return not said or int(await app.inbox.cursor(room) or 0) >= max(said)

    async def close(self) -> None:
        """Let everybody go."""
        await super().close()
        if self._reader is not None:
            await self._reader.close()


async def until(so: Callable[[], object], within: float = PATIENCE) -> None:
    """Wait until something is so; TimeoutError when it is not within so many seconds."""
    async with asyncio.timeout(within):
        while not so():  # noqa: ASYNC110 - the world tells nobody that it is as we want it
            await asyncio.sleep(0.02)

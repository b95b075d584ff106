"""What people said on Discord, and where each of their words belongs in the end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.support.fake_discord.people import Someone
from tests.support.fake_discord.places import PUBLIC_THREAD, Channel, Message
from tests.support.fake_discord.server import FakeDiscord
from tests.support.fake_discord.shapes import Guild

KEYCAP: Final = "\N{VARIATION SELECTOR-16}\N{COMBINING ENCLOSING KEYCAP}"
_QUESTION: Final = re.compile(r"Q(\d+): ")
_ACTS: Final = ("labels", "labels", "labels", "in_thread", "in_thread", "replies", "talks", "talks")
_CHANGES: Final = ("edits", "takes_back", "puts_digit", "takes_digit_off")


@dataclass
class Word:
    """One message of somebody's; `number` is the question it answers, 0 for none."""

    by: Someone
    message: Message
    number: int = 0
    how: str = "talk"
    gone: bool = False

    @property
    def text(self) -> str:
        """The words as they stand now."""
        return self.message.content

    @property
    def id(self) -> str:
        """The message's native id."""
        return str(self.message.id)


@dataclass
class Room:
    """A channel of a server, the people in it, and the ledger of what they said."""

    name: str
    fake: FakeDiscord
    guild: Guild
    channel: Channel
    hosts: Channel
    people: list[Someone]
    host: Someone
    luck: Random
    ledger: list[Word] = field(default_factory=list)

    # -- what stands there ----------------------------------------------------------------------------------

    def questions(self) -> list[tuple[int, Message]]:
        """Give the questions' posts with their numbers, in the order in which they stand."""
        found = ((_QUESTION.match(one.content), one) for one in self.ours(self.channel))
        return [(int(match[1]), one) for match, one in found if match]

    def asked(self) -> list[int]:
        """Give the numbers of the questions that were asked."""
        return [number for number, _ in self.questions()]

    def threads(self) -> list[Channel]:
        """Give the channel's threads."""
        every = self.fake.world.channels.values()
        return [one for one in every if one.parent_id == self.channel.id and one.type == PUBLIC_THREAD]

    def thread_of(self, number: int) -> Channel | None:
        """Give a question's thread, once there is one."""
        return next(
            (self.fake.world.channels.get(one.id) for at, one in self.questions() if at == number), None
        )

    def told_of(self, number: int) -> tuple[int, bool]:
        """How often the thread before says that a question is out, and whether it must."""
        before, post = self.thread_of(number - 1), dict(self.questions())[number]
        lines = [one.content for one in self.ours(before)] if before else []
        due = before and before.thread and before.thread.created < post.sent
        return sum(line.startswith(f"Q{number} is out") for line in lines), bool(due)

    def ours(self, channel: Channel) -> list[Message]:
        """Give what the bot itself wrote in a channel or thread, in its order."""
        here = sorted(self.fake.world.messages[channel.id].items())
        return [one for _, one in here if one.author is self.fake.world.bot and one.type in {0, 19}]

    def standing(self) -> list[Word]:
        """Give what nobody took back, in the order in which it was said."""
        return sorted((one for one in self.ledger if not one.gone), key=lambda one: one.message.id)

    # -- what people do -------------------------------------------------------------------------------------

    def act(self) -> None:
        """Somebody says something, and now and then somebody changes what was said."""
        if not self.asked():
            self.talks()
            return
        getattr(self, self.luck.choice(_ACTS))()
        if self.luck.random() < 0.3:
            getattr(self, self.luck.choice(_CHANGES))()

    def labels(self) -> Word:
        """Somebody answers in the channel, with a label."""
        number = self.luck.choice(self.asked())
        return self._says(self.channel, f"A{number}: {self._fresh()}", number, "label")

    def replies(self) -> Word:
        """Somebody replies to a question."""
        number, post = self.luck.choice(self.questions())
        return self._says(self.channel, self._fresh(), number, "reply", post)

    def talks(self) -> Word:
        """Somebody says something that answers nothing."""
        return self._says(self.channel, self._fresh())

    def in_thread(self) -> Word:
        """Somebody answers in a question's thread; in the channel while there is none."""
        number = self.luck.choice(self.asked())
        thread = self.thread_of(number)
        return self._says(thread, self._fresh(), number, "thread") if thread else self.labels()

    def edits(self) -> None:
        """Somebody changes their words, and with a label perhaps where they belong."""
        for word in self._one_of("label", "thread", "reply", "talk"):
            words = f"{self._fresh()} instead"
            if word.how == "label":
                word.number = self.luck.choice(self.asked())
                words = f"A{word.number}: {words}"
            word.by.edits(word.message, words)

    def takes_back(self) -> None:
        """Somebody deletes a message of theirs."""
        for word in self._one_of("label", "thread", "reply", "talk", "digit"):
            word.gone = True
            word.by.deletes(word.message)

    def puts_digit(self) -> None:
        """Somebody files what they said under a question."""
        for word in self._one_of("talk"):
            word.number, word.how = self.luck.choice(self.asked()), "digit"
            word.by.reacts(word.message, f"{word.number}{KEYCAP}")

    def takes_digit_off(self) -> None:
        """Somebody thinks better of it."""
        for word in self._one_of("digit"):
            word.by.unreacts(word.message, f"{word.number}{KEYCAP}")
            word.number, word.how = 0, "talk"

    def types(self, line: str) -> None:
        """Somebody types a command as a message; it is no word of theirs."""
        self.people[0].says(self.channel, f"!edchat {line}")

    def _says(
        self, channel: Channel, text: str, number: int = 0, how: str = "talk", to: Message | None = None
    ) -> Word:
        by = self.luck.choice(self.people)
        word = Word(by, by.says(channel, text, reply_to=to), number, how)
        self.ledger.append(word)
        return word

    def _fresh(self) -> str:
        return f"thought {len(self.ledger)} of {self.name}, {self.luck.randrange(10**6)}"

    def _one_of(self, *how: str) -> Iterator[Word]:
        found = [one for one in self.ledger if one.how in how and not one.gone]
        if found:
            yield self.luck.choice(found)

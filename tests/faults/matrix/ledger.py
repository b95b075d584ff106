"""What people said in a room on Matrix, and where each of their words belongs in the end."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Final

from tests.support.matrix_network import MatrixNetwork, MatrixPerson
from tests.support.matrix_view import Message

_QUESTION: Final = re.compile(r"Q(\d+): ")
_SAYINGS: Final = ("labels", "labels", "labels", "in_thread", "in_thread", "replies", "talks", "talks")
_CHANGES: Final = ("edits", "takes_back", "puts_digit", "takes_digit_off")
PEOPLE: Final = ("Ana", "Ben", "Cem")


@dataclass
class Word:
    """One message of somebody's; `number` is the question it answers, 0 for none."""

    by: MatrixPerson
    id: str
    text: str
    number: int = 0
    how: str = "talk"
    burst: int = 0
    gone: bool = False


@dataclass
class Room:
    """A room, the people in it, and the ledger of what they said."""

    net: MatrixNetwork
    luck: Random
    ledger: list[Word] = field(default_factory=list)
    bursts: int = 0

    @property
    def host(self) -> MatrixPerson:
        """A moderator."""
        return self.net.host("Mo")

    # -- what stands there ----------------------------------------------------------------------------------

    def standing(self) -> list[Word]:
        """Give what people said and did not take back, in the order in which it came to stand there."""
        words = {one.id: one for one in self.ledger}
        return [words[one.id] for one in self.net.standing() if one.id in words]

    def ours(self) -> list[Message]:
        """Give what the bot itself wrote, in its order."""
        return [one for one in self.net.standing() if one.sender == self.net.me.user]

    def questions(self) -> list[tuple[int, str]]:
        """Give the questions' numbers and posts, in the order in which they stand."""
        found = ((_QUESTION.match(one.body), one) for one in self.ours() if one.thread is None)
        return [(int(match[1]), one.id) for match, one in found if match]

    def asked(self) -> list[int]:
        """Give the numbers of the questions that were asked."""
        return [number for number, _ in self.questions()]

    # -- what people do -------------------------------------------------------------------------------------

    async def burst(self, most: int = 30) -> None:
        """Let several people say something at once, and now and then somebody change something."""
        questions = self.questions()
        if not questions:
            return
        self.bursts += 1
        many = range(self.luck.randint(1, most))
        await asyncio.gather(*(self._says(questions, self.luck.choice(_SAYINGS)) for _ in many))
        if self.luck.random() < 0.5:
            await self.changes()

    async def changes(self) -> None:
        """Let somebody change what was said."""
        change: Callable[[], Awaitable[None]] = getattr(self, self.luck.choice(_CHANGES))
        await change()

    async def edits(self) -> None:
        """Somebody changes their words, and with a label perhaps where they belong."""
        for word in self._one_of("label", "thread", "reply", "talk"):
            words = f"{self._fresh()} instead"
            if word.how == "label":
                word.number = self.luck.choice(self.asked())
                words = f"A{word.number}: {words}"
            await word.by.edit(word.id, words)
            word.text = words

    async def takes_back(self) -> None:
        """Somebody deletes a message of theirs."""
        for word in self._one_of("label", "thread", "reply", "talk", "digit"):
            await word.by.delete(word.id)
            word.gone = True

    async def puts_digit(self) -> None:
        """Somebody files what they said under a question."""
        for word in self._one_of("talk"):
            word.number, word.how = self.luck.choice(self.asked()), "digit"
            await word.by.react(word.id, word.number)

    async def takes_digit_off(self) -> None:
        """Somebody thinks better of it."""
        for word in self._one_of("digit"):
            await word.by.unreact(word.id, word.number)
            word.number, word.how = 0, "talk"

    async def _says(self, questions: list[tuple[int, str]], how: str) -> None:
        number, post = self.luck.choice(questions)
        by, text = self.net.person(self.luck.choice(PEOPLE)), self._fresh()
        match how:
            case "labels":
                text = f"A{number}: {text}"
                said = Word(by, await by.say(text), text, number, "label")
            case "in_thread":
                said = Word(by, await by.says_in(post, text), text, number, "thread")
            case "replies":
                said = Word(by, await by.reply(post, text), text, number, "reply")
            case _:
                said = Word(by, await by.say(text), text)
        said.burst = self.bursts
        self.ledger.append(said)

    def _fresh(self) -> str:
        return f"thought {len(self.ledger)}, {self.luck.randrange(10**9)}"

    def _one_of(self, *how: str) -> Iterator[Word]:
        found = [one for one in self.ledger if one.how in how and not one.gone]
        if found:
            yield self.luck.choice(found)

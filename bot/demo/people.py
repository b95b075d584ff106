"""What simulated people will do in the hour: drawn from a seed, in the shares that real chats measured."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

from bot.demo import words

MESSAGES_A_PERSON: Final = 4.25
"""Real chats: 123 to 253 messages by 15 to 42 people."""
LABELLED, IN_THREAD, REPLYING, BY_FORM = 0.32, 0.06, 0.04, 0.03
"""Shares of all messages that answer, by the way in which they do."""
HELLOS, COMMENTS, REMARKS = 0.07, 0.115, 0.20
"""Shares of introductions, of replies under labelled answers and of replies to talk; the rest is talk."""
LATE: Final = 0.30
"""Share of labelled answers that come after the next question was asked."""
REFILED, EDITED, DELETED = 0.03, 0.03, 0.01
"""Messages that their authors file by a reaction, change and take back, as shares of all messages."""
MODERATORS_REPLIES: Final = 0.25
MODERATORS_TALK: Final = 8
"""Which share of replies, and each how-manieth talk, is the moderator's: nearly always the busiest of all."""
AFTER_THE_END, MOVED = 3, 2
"""How many labelled answers come after the chat's end, and how many messages the moderator files."""
_TALK_ENDS_BEFORE: Final = 4.0
"""Minutes before the end after which nobody begins to talk: the chat hears only answers afterwards."""


class Deed(StrEnum):
    """What somebody does."""

    HELLO = "hello"
    LABEL = "label"
    THREAD = "thread"
    REPLY = "reply"
    FORM = "form"
    TALK = "talk"
    COMMENT = "comment"
    REMARK = "remark"
    REACT = "react"
    EDIT = "edit"
    DELETE = "delete"
    COMMAND = "command"

    @property
    def says(self) -> bool:
        """Whether it is a new message."""
        return self not in (Deed.REACT, Deed.EDIT, Deed.DELETE, Deed.COMMAND)

    @property
    def answers(self) -> bool:
        """Whether it is filed as an answer as it is said."""
        return self in (Deed.LABEL, Deed.THREAD, Deed.REPLY, Deed.FORM)


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that person `who` will do, `after` so many minutes.

    They count from act `to` where there is one, else from question `since` (0 is the opening).
    `question` is the one it is about; `number` is the act's place in the plan.
    """

    number: int
    who: int
    deed: Deed
    after: float
    since: int = 0
    question: int = 0
    to: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Hour:
    """When questions are due and the chat ends, in minutes from its start; `late` minutes more are played."""

    asks: tuple[float, ...]
    length: float = 60.0
    late: float = 5.0

    def at(self, question: int) -> float:
        """When a question is due; 0 is the opening."""
        return self.asks[question - 1] if question else 0.0


def plan(people: int, hour: Hour, seed: int) -> tuple[Act, ...]:
    """What `people` people do in an hour, the moderator (0) among them."""
    planner = _Planner(people, hour, Random(seed))
    planner.speak()
    planner.respond()
    planner.change()
    planner.steer()
    return tuple(planner.acts)


def minutes(acts: Sequence[Act], hour: Hour) -> tuple[float, ...]:
    """When each act comes if every question is asked on time, in minutes from the start."""
    at: list[float] = []
    for act in acts:
        at.append(act.after + (hour.at(act.since) if act.to is None else at[act.to]))
    return tuple(at)


class _Planner:
    """Draws one evening; an act is added after those it hangs on."""

    def __init__(self, people: int, hour: Hour, random: Random) -> None:
        self.acts: list[Act] = []
        self._hour, self._random = hour, random
        self._names = words.names(people)
        self._total = round(people * MESSAGES_A_PERSON * random.uniform(0.92, 1.08))
        self._silent = list(range(1, people))
        random.shuffle(self._silent)
        self._eager = [0.0] + [random.uniform(0.5, 2.0) for _ in range(1, people)]

    def speak(self) -> None:
        """Introductions, answers and talk: what counts from a question."""
        for who in [self._somebody() for _ in range(self._count(HELLOS))]:
            hello = words.hello(self._random, self._names[who])
            self._add(who, Deed.HELLO, self._random.triangular(0.3, 4.5, 1.2), text=hello)
        for deed, share in ((Deed.THREAD, IN_THREAD), (Deed.REPLY, REPLYING), (Deed.FORM, BY_FORM)):
            for question in self._questions(self._count(share)):
                self._add_answer(deed, question)
        self._label()
        rest = self._total - len(self.acts) - self._count(COMMENTS) - self._count(REMARKS)
        for k, question in enumerate(self._questions(rest)):
            self._add_talk(self._somebody() if k % MODERATORS_TALK else 0, question)

    def _label(self) -> None:
        asked = self._questions(self._count(LABELLED))
        overtaken = [k for k, question in enumerate(asked) if question < len(self._hour.asks)]
        late = self._random.sample(overtaken, min(len(overtaken), round(LATE * len(asked))))
        late.sort(key=lambda k: -asked[k])
        for k, question in enumerate(asked):
            if k in late[:AFTER_THE_END]:
                self._add_labelled(question, len(self._hour.asks), self._hour.length)
            elif k in late:
                self._add_labelled(question, question + 1, self._long())
            else:
                self._add_labelled(question, question, self._soon())

    def respond(self) -> None:
        """Replies: to labelled answers, and to talk."""
        for deed, share, to in (
            (Deed.COMMENT, COMMENTS, (Deed.LABEL,)),
            (Deed.REMARK, REMARKS, (Deed.HELLO, Deed.TALK)),
        ):
            targets = self._in_time(*to)
            for _ in range(self._count(share) if targets else 0):
                target = self._random.choice(targets)
                who = 0 if self._random.random() < MODERATORS_REPLIES else self._somebody(target.who)
                after = self._random.uniform(0.3, 0.7) + min(5.0, self._random.expovariate(0.8))
                self._hang(target, who, deed, after, words.comment(self._random))

    def change(self) -> None:
        """Second thoughts: reactions that file, edits, deletions; never two about one message."""
        talk = self._picked(self._in_time(Deed.TALK), REFILED)
        for target in talk:
            self._hang(target, target.who, Deed.REACT, self._random.uniform(0.4, 2.0))
        said = self._in_time(*(deed for deed in Deed if deed.says and deed is not Deed.FORM))
        rest = [act for act in said if act not in talk]
        edited = self._picked(rest, EDITED)
        for target in edited:
            better = words.marked(target.text.partition(" (simulated")[0], target.number, edited=True)
            self._hang(target, target.who, Deed.EDIT, self._random.uniform(0.3, 2.5), better)
        for target in self._picked([act for act in rest if act not in edited], DELETED):
            self._hang(target, target.who, Deed.DELETE, self._random.uniform(3.0, 6.0))

    def steer(self) -> None:
        """The moderator once gives a question more time, and files what its author left unlabelled."""
        middle = (len(self._hour.asks) + 1) // 2
        self._add(0, Deed.COMMAND, 1.0, since=middle, question=middle, text="chat extend 2")
        done = {act.to for act in self.acts}
        for target in [act for act in self._in_time(Deed.TALK) if act.number not in done][:MOVED]:
            line = f"answers move {{id}} {target.question}"
            self._hang(target, 0, Deed.COMMAND, self._random.uniform(1.0, 3.0), line)

    def _add_answer(self, deed: Deed, question: int) -> None:
        after = self._within(question, self._soon() if self._random.random() > LATE else 2 * self._soon())
        self._add(
            self._somebody(), deed, after, since=question, question=question, text=words.answer(self._random)
        )

    def _add_labelled(self, question: int, since: int, after: float) -> None:
        text = words.label(self._random, question) + words.answer(self._random)
        self._add(
            self._somebody(),
            Deed.LABEL,
            self._within(since, after),
            since=since,
            question=question,
            text=text,
        )

    def _add_talk(self, who: int, question: int) -> None:
        room = self._hour.length - _TALK_ENDS_BEFORE - self._hour.at(question)
        after = self._random.uniform(0.2, max(0.3, min(self._gap() + 1, room)))
        self._add(who, Deed.TALK, after, since=question, question=question, text=words.talk(self._random))

    def _add(self, who: int, deed: Deed, after: float, **what: object) -> None:
        number = len(self.acts)
        text = str(what.pop("text", ""))
        text = words.marked(text, number) if deed.says else text
        self.acts.append(Act(number, who, deed, after, text=text, **what))  # type: ignore[arg-type]

    def _hang(self, target: Act, who: int, deed: Deed, after: float, text: str = "") -> None:
        self._add(who, deed, after, since=target.since, question=target.question, to=target.number, text=text)

    def _soon(self) -> float:
        """Minutes until an answer that comes before the next question, nearer to that than to its own."""
        return 0.5 + (0.92 * self._gap() - 0.5) * float(self._random.random() ** 0.4)

    def _long(self) -> float:
        """Minutes from the next question to an answer that comes after it."""
        return min(45.0, 0.3 + self._random.lognormvariate(1.35, 1.4))

    def _within(self, since: int, after: float) -> float:
        """The same minutes, or where they lead past what is played some that do not."""
        last = self._hour.length + self._hour.late - 1 - self._hour.at(since)
        return after if after < last else self._random.uniform(max(0.3, last - self._hour.late + 1.5), last)

    def _gap(self) -> float:
        asks = self._hour.asks
        return (asks[-1] - asks[0]) / (len(asks) - 1) if len(asks) > 1 else 8.0

    def _somebody(self, other_than: int = 0) -> int:
        """A participant: first those who have not spoken, then the more eager ones more often."""
        if self._silent:
            return self._silent.pop()
        (who,) = self._random.choices(range(len(self._eager)), self._eager)
        return who if who != other_than else 1 + who % (len(self._eager) - 1)

    def _questions(self, count: int) -> list[int]:
        """Whose turn it is in `count` answers or talks; earlier questions get a few more."""
        asks = len(self._hour.asks)
        return self._random.choices(
            range(1, asks + 1), [1.2 - 0.4 * k / asks for k in range(asks)], k=max(0, count)
        )

    def _in_time(self, *deeds: Deed) -> list[Act]:
        """What was said early enough for somebody to come back to it within the hour."""
        ends = self._hour.length - 2 * _TALK_ENDS_BEFORE
        times = minutes(self.acts, self._hour)
        return [act for act in self.acts if act.deed in deeds and times[act.number] < ends]

    def _picked(self, acts: Sequence[Act], share: float) -> list[Act]:
        return self._random.sample(acts, min(len(acts), max(1, self._count(share))))

    def _count(self, share: float) -> int:
        return round(share * self._total)

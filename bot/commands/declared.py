"""What a declared command is made of, and what passes between it and those who ask."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from typing import Any

from bot.core import grammar
from bot.core.echo import discreet, shown
from bot.core.grammar import Shape
from bot.core.model import Chat, Offer, Person, Place, Refused, Role
from bot.core.sentences import command as say
from bot.core.tongue import ENGLISH, _, spoken
from bot.core.which import Which
from bot.storage.store import Tx

Reader = Callable[["Context", Tx, str, "Param"], Awaitable[Any]]
"""Makes a parameter's value from its text, or refuses."""

Suggest = Callable[["Context", Tx, str], Awaitable[Sequence[str]]]
"""Possible values for a parameter, given what is typed so far."""

Lister = Callable[["Context", Tx, str], Awaitable[Sequence["Choice"]]]
"""What a list shows of a parameter's values, given what is typed so far."""

_SETTLED = frozenset({"chat", "after", "message", "seen", "sure"})
"""Names of parameters that no form asks for: whoever opens it has settled them."""
_OF_PEOPLE = frozenset({"person", "people"})
"""The types of parameters that name people."""
_PROSE = "text"
"""The name of what may be several sentences, as a question; other words are a name or a title."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks and where; `power` is native, `native_id` names the message or button press."""

    person: Person
    place: Place
    power: Role = Role.ANYONE
    native_id: str | None = None


@dataclass(frozen=True, slots=True)
class Context(Asker):
    """What a command knows of its asking: the role acted in, the time, and the chat it is about.

    `now` is what the chats' clock shows, `real` the time by which links expire.
    """

    role: Role = field(kw_only=True)
    now: datetime = field(kw_only=True)
    real: datetime = field(kw_only=True)
    private: bool = field(kw_only=True)
    chat: Chat | None = field(default=None, kw_only=True)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a command answers, before any platform has drawn it; a private one is for the asker alone."""

    text: str
    offers: tuple[Offer, ...] = ()
    private: bool = False
    refused: bool = field(default=False, compare=False)
    no: Refused | None = field(default=None, compare=False)
    """What was refused, for whoever says it in another language."""
    told: Callable[[], str] | None = field(default=None, compare=False)
    """What makes the text, for the same."""
    shows_words: bool = field(default=False, compare=False)
    """Whether it may show what people said."""
    language: str = field(default=ENGLISH.code, compare=False)
    """In which language the text is."""

    def here(self, given: Iterable[str] = ()) -> Reply:
        """The same in the language that is spoken here; in English, which it says, if nobody translated it.

        A refusal repeats nothing secret of what was `given`.
        """
        if spoken() is ENGLISH:
            return self
        said = discreet(self.no.said(), given) if self.no else self.told() if self.told else _(self.text)
        language = ENGLISH.code if said == self.text else spoken().code
        return replace(self, text=said, language=language)


def replied(told: Callable[[], str], offers: tuple[Offer, ...] = (), *, private: bool = False) -> Reply:
    """An answer that can be said in other languages, too."""
    return Reply(told(), offers, private, told=told)


@dataclass(frozen=True, slots=True)
class Choice:
    """One value as it is written, with the words by which people know it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the closed set of parameter types; a `wordy` one may be several words, one `below` is lines.

    Where values are shown in a list with words of their own, `lists` gives them.
    """

    name: str
    example: str
    read: Reader
    wordy: bool = False
    below: bool = False
    choices: tuple[str, ...] = ()
    suggest: Suggest | None = None
    lists: Lister | None = None


@dataclass(frozen=True, slots=True)
class Between:
    """The least and the most that a number or a duration may be, in an `Annotated`."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Example:
    """What help shows as an example of a parameter, in an `Annotated`."""

    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Meanings:
    """What each choice of a parameter means, in an `Annotated`."""

    of: Mapping[str, str]


class Wanted(Enum):
    """In an `Annotated`: what is asked for when it is left out, so that a form cannot do without it."""

    WANTED = "wanted"


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a command; `which` finds the chat when none is named."""

    name: str
    kind: Kind
    help: str
    required: bool
    default: Any = None
    by_name: bool = False
    nullable: bool = False
    which: Which | None = None
    between: Between | None = None
    example: str = ""
    suggest: Suggest | None = None
    meanings: Mapping[str, str] = field(default_factory=dict, hash=False)
    wanted: bool = False

    @property
    def is_chat(self) -> bool:
        """Whether this says which chat the command is about."""
        return self.kind.name == "chat"

    @property
    def needed(self) -> bool:
        """Whether it must be written: a chat or a weekly chat may be found without."""
        return self.required and self.which is None and self.kind.name != "series"


@dataclass(frozen=True, slots=True)
class Command:
    """A command as every front end sees it; the last words of `path` are its name, the first its group.

    What is done `of_own_place` is for hosts of a place that joined a chat as well, to words said there. One
    that `shows_words` answers with what people said: that answer goes when they take it back.
    """

    path: str
    help: str
    role: Role
    private: bool
    destructive: bool
    params: tuple[Param, ...]
    run: Callable[..., Awaitable[Reply]]
    of_own_place: bool = False
    shows_words: bool = False

    @property
    def chat_param(self) -> Param | None:
        """The parameter that says which chat the command is about."""
        return next((param for param in self.params if param.is_chat), None)

    @property
    def names_people(self) -> bool:
        """Whether somebody is named to the command."""
        return any(param.kind.name in _OF_PEOPLE for param in self.params)

    def param(self, name: str) -> Param:
        """The parameter of this name."""
        return next(param for param in self.params if param.name == name)

    @property
    def shape(self) -> Shape:
        """How words are shared out among the parameters."""
        ordered = [param for param in self.params if not (param.by_name or param.kind.below)]
        below = [param.name for param in self.params if param.kind.below]
        last = ordered[-1].kind if ordered else None
        return Shape(
            ordered=tuple(param.name for param in ordered),
            named=tuple(param.name for param in self.params if param not in ordered),
            flags=frozenset(param.name for param in self.params if param.kind.name == "yes or no"),
            rest=last is not None and last.wordy,
            runs_on=last is not None and last.name == "text",
            below=below[0] if below else None,
            needed=frozenset(param.name for param in self.params if param.needed),
        )

    def shared_out(self, given: Mapping[str, str], lines: Sequence[str]) -> Mapping[str, str]:
        """What a form gives to each parameter, held to the same limits as typed text."""
        for name in given.keys() - {param.name for param in self.params}:
            raise grammar.Misread(say.WORD_EXTRA, word=shown(name))
        below = grammar.check("\n".join(lines)) if lines else []
        whole = {name: "\n".join(grammar.check(text)) for name, text in given.items()}
        return grammar.bind(grammar.Line("", (), tuple(below)), 0, self.shape) | whole

    def runs_on(self, param: Param) -> bool:
        """Whether a parameter takes all that stands on the lines below a command."""
        shape = self.shape
        last = shape.runs_on and shape.below is None and param.name == shape.ordered[-1]
        return param.kind.below or last

    def long(self, param: Param) -> bool:
        """Whether a parameter may be several sentences or lines."""
        return self.runs_on(param) and (param.kind.below or param.name == _PROSE)


@dataclass(frozen=True, slots=True)
class Form:
    """A command asked for field by field; `given` is what its fields begin with, as text, by parameter.

    Of these `said` was given by the line or the options that opened it. `lacking` are parameters for which
    nothing holds yet, so that they must be given here, and `chat` says which chat a host's command is about.
    """

    command: Command
    given: Mapping[str, str]
    said: Mapping[str, str] = field(default_factory=dict)
    lacking: frozenset[str] = frozenset()
    chat: str = ""

    def needs(self, param: Param) -> bool:
        """Whether the form cannot be sent without a parameter."""
        return param.needed or param.wanted or param.name in self.lacking

    def label(self, param: Param) -> str:
        """What a field is called; one that must be filled in goes without what holds if it is not."""
        said = param.help or param.name.replace("_", " ")
        return said.partition(", if not")[0] if param.name in self.lacking else said

    def settled(self, param: Param) -> bool:
        """Whether a parameter was given by whoever opens the form and goes along unseen."""
        return param.name in self.given and (param.name in _SETTLED or param.kind.name == "question")

    def asks(self, param: Param) -> bool:
        """Whether people are asked for a parameter."""
        return not (self.settled(param) or param.is_chat or param.name in _SETTLED)

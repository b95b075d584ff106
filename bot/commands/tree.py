"""One tree of commands runs them for every front end: roles, refusals, transactions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import structlog

from bot.clock import Clock
from bot.commands.cog import Cog, Hearer, Stepper
from bot.commands.declared import Asker, Choice, Command, Context, Form, Param, Reply
from bot.commands.help import Help, example_of, nearest, usage
from bot.commands.parameters import listed, parse, suggestions, without
from bot.core import grammar, sentences
from bot.core.echo import discreet, shown
from bot.core.grammar import Misread
from bot.core.hearing import Heard
from bot.core.may import Standing, may
from bot.core.model import Chat, Offer, Refused, Role, Series, StepKind
from bot.core.sentences import command as say
from bot.core.tongue import in_english
from bot.failpoints import failpoint
from bot.storage.engine import StorageFull
from bot.storage.store import Store, Tx

OFFER_LIMIT = 93
"""Characters of an offer's line: a Discord button carries 100, the name it is known by among them."""

Settle = Callable[[Tx, Reply], Awaitable[None]]
"""Stores a reply in the transaction that made it; it refuses what was answered before."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A command as asked: by whom, in which words, and how these are shared out among its parameters."""

    asker: Asker
    command: Command
    said: tuple[str, ...]
    share_out: Callable[[], Mapping[str, str]]


class CommandTree:
    """Every declared command; roles, refusals, help and transactions are settled here for all front ends."""

    def __init__(self, store: Store, clock: Clock, *cogs: Cog) -> None:
        self._store, self._clock = store, clock
        self._commands: dict[str, Command] = {}
        for found in (one for cog in (*cogs, Help(self._commands)) for one in cog.commands()):
            if found.path in self._commands:
                raise ValueError(f"two commands are called {found.path!r}")
            self._commands[found.path] = found
        self._hearers = [pair for cog in cogs for pair in cog.hearers()]
        self._steppers = [pair for cog in cogs for pair in cog.steppers()]
        self._fillers = {path: method for cog in cogs for path, method in cog.fillers()}

    @property
    def commands(self) -> tuple[Command, ...]:
        """Every command, in the order declared."""
        return tuple(self._commands.values())

    def hearers(self, heard: type[Heard]) -> tuple[Hearer, ...]:
        """The methods that take in this kind of happening."""
        return tuple(method for types, method in self._hearers if heard in types)

    def steppers(self, kind: StepKind) -> tuple[Stepper, ...]:
        """The methods that act on this kind of step."""
        return tuple(method for kinds, method in self._steppers if kind in kinds)

    @in_english
    async def answer(self, asker: Asker, text: str, settle: Settle | None = None) -> Reply:
        """Run a command typed as text, without its "!edchat"; `settle` stores the reply with the effect."""
        try:
            line = grammar.read(text)
            found, skip = self._found(line)
        except Refused as no:
            return await self._refuse(no, (text,), settle)
        share_out = partial(grammar.bind, line, skip, found.shape)
        return await self._answer(_Asked(asker, found, (text,), share_out), settle)

    @in_english
    async def run(
        self,
        asker: Asker,
        path: str,
        given: Mapping[str, str],
        lines: Sequence[str] = (),
        settle: Settle | None = None,
    ) -> Reply:
        """Run a command whose parameters were given apart, as by a slash command or a form."""
        found, said = self._commands.get(path), (*given.values(), *lines)
        if found is None:
            return await self._refuse(self._unknown(path.split()), said, settle)
        share_out = partial(found.shared_out, given, lines)
        return await self._answer(_Asked(asker, found, said, share_out), settle)

    @in_english
    async def suggest(self, asker: Asker, path: str, name: str, typed: str) -> tuple[str, ...]:
        """What may be written for one parameter; nothing for those who may not use the command."""
        found = self._commands[path]
        try:
            async with self._store.read() as tx:
                _may_ask(found, await _standing(asker, tx, None))
                return await suggestions(self._context(asker, found), tx, typed, found.param(name))
        except Refused:
            return ()

    async def listed(
        self, asker: Asker, path: str, name: str, typed: str, given: Mapping[str, str]
    ) -> tuple[Choice, ...]:
        """What a list shows for one parameter beside those given; nothing for those who may not ask."""
        found = self._commands[path]
        try:
            async with self._store.read() as tx:
                ctx = await self._as_far_as_known(asker, found, given, tx)
                return await listed(ctx, tx, typed, found.param(name))
        except Refused:
            return ()

    async def about(self, asker: Asker, text: str) -> Series | None:
        """The weekly chat that a line is about, itself or a chat of it, where it is asked; else Refused."""
        found, given = self.read(text)
        series = next((param for param in found.params if param.kind.name == "series"), None)
        async with self._store.read() as tx:
            ctx = self._context(asker, found)
            if chat := await _chat(ctx, tx, found, given):
                return await tx.series(chat.series_id)
            return await _value(ctx, tx, series, given) if series else None

    async def form(self, asker: Asker, text: str) -> Form:
        """The command that a line begins, with what the fields of its form begin with; else Refused."""
        found, given = self.read(text)
        return await self.form_for(asker, found.path, given)

    async def form_for(self, asker: Asker, path: str, given: Mapping[str, str]) -> Form:
        """A command of which this is given, with what the fields of its form begin with; else Refused."""
        form, about = await self._begun(asker, self._commands[path], given)
        return replace(form, chat=say.chat_listed(*about)) if about else form

    @in_english
    async def _begun(
        self, asker: Asker, found: Command, given: Mapping[str, str]
    ) -> tuple[Form, tuple[Chat, Series] | None]:
        """A form with its fields as they are typed, which is in English, and the chat that it is about."""
        async with self._store.read() as tx:
            ctx, _ = await self._allowed(asker, found, partial(dict, given), tx)
            fill = self._fillers.get(found.path)
            values = {p.name: await _value(ctx, tx, p, given) for p in found.params if p.name in given}
            begun = {**(await fill(ctx, tx, values) if fill else {}), **given}
            chat = ctx.chat if found.role >= Role.HOST else None
            about = (chat, await tx.series(chat.series_id)) if chat else None
        held = {name: value for name, value in begun.items() if value is not None}
        return Form(found, held, given, frozenset(begun.keys() - held.keys())), about

    def check(self, offer: Offer) -> None:
        """Make sure that an offer's line names a command, fits it and fits a button; else ValueError."""
        try:
            found, given = self.read(offer.line)
        except Refused as no:
            raise ValueError(f"{offer.line!r}: {no}") from no
        lacking = [param.name for param in found.params if param.needed and param.name not in given]
        if len(offer.line) > OFFER_LIMIT or (lacking and not offer.form):
            raise ValueError(
                f"{offer.line!r}: at most {OFFER_LIMIT} characters, and nothing lacking ({lacking})"
            )

    def read(self, text: str) -> tuple[Command, Mapping[str, str]]:
        """The command that a line names, and what it gives; else Refused."""
        line = grammar.read(text)
        found, skip = self._found(line)
        return found, grammar.bind(line, skip, found.shape)

    def _found(self, line: grammar.Line) -> tuple[Command, int]:
        """The command that a line begins with, and how many words name it; a group alone is asked about."""
        names = [word.text.casefold() for word in line.words[:2]]
        for count in range(len(names), 0, -1):
            if found := self._commands.get(" ".join(names[:count])):
                return found, count
        if not names or (names == [grammar.NAME] and len(line.words) == 1):
            return self._commands.get("", self._commands["help"]), len(names)
        if len(names) == 1 and self._group(names[0]):
            return self._commands["help"], 0
        raise self._unknown(names)

    def _unknown(self, names: Sequence[str]) -> Refused:
        group = self._group(names[0])
        said = " ".join(names if group else names[:1])
        near = nearest(" ".join(names), self._commands) or nearest(names[0], self._commands)
        return Refused(partial(say.unknown_command, shown(said), near or group))

    def _group(self, name: str) -> list[str]:
        return [path for path in self._commands if path.startswith(f"{name} ")]

    async def _answer(self, asked: _Asked, settle: Settle | None) -> Reply:
        try:
            return await self._transact(partial(self._act, asked), settle)
        except Misread as no:
            how = {"usage": partial(usage, asked.command), "example": example_of(asked.command)}
            return await self._refuse(Refused(say.HOW_IT_GOES, sentence=no.said, **how), asked.said, settle)
        except Refused as no:
            return await self._refuse(no, asked.said, settle)
        except StorageFull as no:
            return await self._refuse(Refused(str(no)), (), settle)
        except Exception:  # noqa: BLE001 - whatever it is: logged once, rolled back, answered
            _log.exception("command failed", command=asked.command.path)
            return await self._refuse(Refused(sentences.WENT_WRONG), (), settle)

    async def _refuse(self, no: Refused, said: Sequence[str], settle: Settle | None) -> Reply:
        """Answer with a refusal, settled in a transaction of its own: the command's own was rolled back."""
        reply = Reply(discreet(str(no), said), private=True, refused=True, no=no)
        try:
            return await self._transact(partial(_same, reply), settle) if settle else reply
        except Refused as again:  # settling refuses what was answered before
            return Reply(str(again), private=True, refused=True)

    async def _transact(self, act: Callable[[Tx], Awaitable[Reply]], settle: Settle | None) -> Reply:
        async with self._store.begin() as tx:
            reply = await act(tx)
            if settle:
                await settle(tx, reply)
            failpoint("command.before_commit")
        failpoint("command.committed")
        return reply

    async def _act(self, asked: _Asked, tx: Tx) -> Reply:
        """Find the chat, check the role for it, and only then read the rest and act."""
        ctx, given = await self._allowed(asked.asker, asked.command, asked.share_out, tx)
        values = {param.name: await _value(ctx, tx, param, given) for param in asked.command.params}
        reply = await asked.command.run(ctx, tx, **values)
        command = asked.command
        return replace(reply, private=command.private or reply.private, shows_words=command.shows_words)

    async def _allowed(
        self, asker: Asker, found: Command, share_out: Callable[[], Mapping[str, str]], tx: Tx
    ) -> tuple[Context, Mapping[str, str]]:
        """The asking of somebody who may, about its chat, with what is given to each parameter."""
        ctx = self._context(asker, found)
        try:
            given = share_out()
            chat = await _chat(ctx, tx, found, given)
        except Refused:
            _may_ask(found, await _standing(asker, tx, None))
            raise
        standing = await _standing(asker, tx, chat)
        role = may(found.role, standing, chat.id if chat else None, of_own_place=found.of_own_place)
        return replace(ctx, chat=chat, role=role), given

    async def _as_far_as_known(
        self, asker: Asker, found: Command, given: Mapping[str, str], tx: Tx
    ) -> Context:
        """The asking of somebody who may, about its chat where one is meant already."""
        try:
            return (await self._allowed(asker, found, partial(dict, given), tx))[0]
        except Refused:
            _may_ask(found, await _standing(asker, tx, None))
            return self._context(asker, found)

    def _context(self, asker: Asker, found: Command) -> Context:
        return Context(
            person=asker.person,
            place=asker.place,
            power=asker.power,
            native_id=asker.native_id,
            role=Role.ANYONE,
            now=self._clock.now(),
            real=self._clock.real(),
            private=found.private,
        )


async def _standing(asker: Asker, tx: Tx, chat: Chat | None) -> Standing:
    return await tx.standing(asker.person, asker.place, asker.power, chat.id if chat else None)


def _may_ask(found: Command, standing: Standing) -> None:
    """Refuse whoever could use this command for no chat at all, before anything else is told."""
    may(found.role, standing, next(iter(standing.guest_of), None))


async def _chat(ctx: Context, tx: Tx, found: Command, given: Mapping[str, str]) -> Chat | None:
    param = found.chat_param
    chat: Chat | None = await _value(ctx, tx, param, given) if param else None
    return chat


async def _value(ctx: Context, tx: Tx, param: Param, given: Mapping[str, str]) -> Any:
    if param.is_chat and ctx.chat:
        return ctx.chat
    if param.name in given:
        return await parse(ctx, tx, given[param.name], param)
    return await without(ctx, tx, param)


async def _same(reply: Reply, _tx: Tx) -> Reply:
    return reply

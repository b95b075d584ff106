"""The desk where askings arrive: what is typed, pressed, sent off or chosen reaches its command."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from dataclasses import replace
from typing import Any, Final, cast

import discord
import structlog
from discord import app_commands

from bot.commands import CommandTree
from bot.commands.declared import Asker, Choice, Command, Form, Param, Reply
from bot.core.model import Offer, Refused
from bot.core.plain import cut
from bot.core.sentences import forms as sentences
from bot.core.sentences.refusals import UNREACHED
from bot.platforms.discord import arguments, forms
from bot.platforms.discord.answering import answer, hold, kindly
from bot.platforms.discord.askers import Asking, asker, meet, named_in, passer_by
from bot.platforms.discord.buttons import pressed
from bot.platforms.discord.files import text_of
from bot.platforms.discord.syncing import sync
from bot.storage.store import Store

IN_TIME: Final = 2.0
"""Seconds in which a form or a list must be ready; after three Discord has given up."""
FIRST_WAIT: Final = 60.0
LONGEST_WAIT: Final = 3_600.0
"""Seconds until Discord is told again of commands that it did not take."""
LAST_ANSWERS: Final = 2.0
"""Seconds in which what is being answered when the connection ends may still be finished."""

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Desk:
    """Where people's askings arrive and are answered; nothing is kept between two of them."""

    def __init__(self, tree: CommandTree, store: Store, slashes: app_commands.CommandTree[Any]) -> None:
        self._tree, self._store, self.slashes = tree, store, slashes
        self._tasks: set[asyncio.Task[Any]] = set()
        self._told = self._ended = False

    async def sync(self) -> None:
        """Tell Discord which commands there are, if that changed."""
        self._told = await sync(self.slashes, self._store)

    async def run(self) -> None:
        """Live as long as the connection, and until what was begun by then is answered or given up."""
        wait = FIRST_WAIT
        try:
            while not self._told:
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
                await self.sync()
            await asyncio.Event().wait()
        finally:
            await self._end()

    def on_interaction(self, asking: Asking) -> None:
        """Take a press or a form; commands come by their own way."""
        data = cast("Mapping[str, Any]", asking.data or {})
        if asking.type is discord.InteractionType.component:
            self._begin(asking, self._press(asking, str(data.get("custom_id", ""))))
        elif asking.type is discord.InteractionType.modal_submit:
            self._begin(asking, self._take(asking, data))

    async def slash(self, asking: Asking, command: Command, given: Mapping[str, Any]) -> None:
        """Carry out a slash command, or ask in a form for what it lacks."""
        await self._attend(asking, self._slash(asking, command, given))

    async def open_line(self, asking: Asking, line: str) -> None:
        """Open the form that a line begins."""
        await self._attend(asking, self._open_line(asking, line))

    async def failed(self, asking: Asking, fault: app_commands.AppCommandError) -> None:
        """Say so when a command came that is none of ours any more, as from before an update."""
        _log.warning("discord_command_failed", fault=type(fault).__name__)
        await kindly(asking, _refuse(sentences.OLD_COMMAND))

    async def lists(
        self, asking: Asking, command: Command, param: Param, typed: str
    ) -> list[app_commands.Choice[str]]:
        """What an option offers to somebody who types; nothing when that takes too long."""
        if self._ended:
            return []
        self._note(asyncio.current_task())
        return await self._found(asking, command, param, typed)

    async def _found(
        self, asking: Asking, command: Command, param: Param, typed: str
    ) -> list[app_commands.Choice[str]]:
        given = arguments.texts(command, arguments.by_parameter(asking.namespace))
        given.pop(param.name, None)
        try:
            async with asyncio.timeout(IN_TIME):
                who = await passer_by(self._store, asking)
                found = await self._tree.listed(who, command.path, param.name, typed, given)
        except (Refused, TimeoutError):
            return []
        except Exception:  # noqa: BLE001 - without a list people still type
            _log.exception("discord_list_failed", command=command.path)
            return []
        longest = arguments.LONGEST_CHOICE
        return [
            app_commands.Choice(name=cut(one.label, longest), value=one.value)
            for one in found
            if len(one.value) <= longest
        ][: arguments.MOST_CHOICES]

    def _begin(self, asking: Asking, act: Coroutine[Any, Any, None]) -> None:
        self._note(asyncio.create_task(self._attend(asking, act)))

    async def _attend(self, asking: Asking, act: Coroutine[Any, Any, None]) -> None:
        """Do what was asked, unless nothing begins any more."""
        if self._ended:
            act.close()
            return
        self._note(asyncio.current_task())
        await kindly(asking, act)

    def _note(self, task: asyncio.Task[Any] | None) -> None:
        """Count a task, which may be the library's, among those that are waited for at the end."""
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _end(self) -> None:
        """Let nothing begin any more, and what was begun be finished soon or given up."""
        self._ended = True
        if not self._tasks:
            return
        _, left = await asyncio.wait(self._tasks, timeout=LAST_ANSWERS)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def _slash(self, asking: Asking, command: Command, given: Mapping[str, Any]) -> None:
        if arguments.opens_form(command, given):
            await self._open(asking, command, arguments.texts(command, given))
            return
        await hold(asking)
        said = arguments.texts(command, given)
        for name, value in given.items():
            if isinstance(value, discord.Attachment):
                said[name] = await text_of(value)
        people = [value for value in given.values() if isinstance(value, discord.User | discord.Member)]
        await self._run(asking, command, said, {"users": _raw(people)})

    async def _press(self, asking: Asking, custom_id: str) -> None:
        press = pressed(custom_id)
        if press is None:
            raise Refused(sentences.OLD_BUTTON)
        if press.form:
            await self._open_line(asking, press.line)
            return
        await hold(asking)
        who = await asker(self._store, asking)
        await self._answer(asking, who, await self._tree.answer(who, press.line))

    async def _take(self, asking: Asking, data: Mapping[str, Any]) -> None:
        form = forms.filled(data)
        if form is None:
            raise Refused(sentences.OLD_BUTTON)
        await hold(asking)
        command, carried = self._line(form.line)
        long = [form.fields[param.name] for param in command.params if _typed(command, param, form)]
        again = (Offer(sentences.AGAIN, form.line, form=True),) if long else ()
        resolved = data.get("resolved", {})
        await self._run(asking, command, form.given(carried), resolved, tuple(long), again)

    async def _run(
        self,
        asking: Asking,
        command: Command,
        given: Mapping[str, str],
        people: Mapping[str, Any],
        typed: tuple[str, ...] = (),
        again: tuple[Offer, ...] = (),
    ) -> None:
        """Carry out a command that was held; a refusal gives back what was typed into its form."""
        who = await asker(self._store, asking)
        await meet(self._store, who.place, named_in(people))
        below = {param.name for param in command.params if param.kind.below}
        lines = [line for name in below & given.keys() for line in given[name].splitlines()]
        rest = {name: value for name, value in given.items() if name not in below}
        reply = await self._tree.run(who, command.path, rest, lines)
        if reply.refused and typed:
            reply = Reply(sentences.not_lost(reply.text, typed), again, refused=True)
        await self._answer(asking, who, reply)

    async def _answer(self, asking: Asking, who: Asker, reply: Reply) -> None:
        """Give an answer, after a word on what did not reach who asks."""
        async with self._store.read() as tx:
            missed = await tx.unreached(who.place.platform, who.person.native_id)
        if missed:
            reply = replace(reply, text=f"{UNREACHED}\n\n{reply.text}")
        await answer(asking, reply)
        if missed:
            async with self._store.begin() as tx:
                await tx.told_unreached(missed)

    async def _open_line(self, asking: Asking, line: str) -> None:
        await self._open(asking, *self._line(line))

    async def _open(self, asking: Asking, command: Command, given: Mapping[str, str]) -> None:
        """Open a command's form, which cannot be held: it is there in time or not at all."""
        try:
            async with asyncio.timeout(IN_TIME):
                who = await passer_by(self._store, asking)
                asks = await self._tree.form_for(who, command.path, given)
                around = forms.Around(await self._lists(who, asks), _channels(asking))
        except TimeoutError:
            raise Refused(sentences.TOO_SLOW) from None
        await asking.response.send_modal(forms.modal(asks, around))

    async def _lists(self, who: Asker, asks: Form) -> dict[str, tuple[Choice, ...]]:
        return {
            param.name: await self._tree.listed(who, asks.command.path, param.name, "", asks.said)
            for param in forms.to_list(asks)
        }

    def _line(self, line: str) -> tuple[Command, Mapping[str, str]]:
        """The command that a button's line names; one that means nothing any more is told as an old one."""
        try:
            return self._tree.read(line)
        except Refused:
            raise Refused(sentences.OLD_BUTTON) from None


async def _refuse(sentence: str) -> None:
    raise Refused(sentence)


def _typed(command: Command, param: Param, form: forms.Filled) -> bool:
    return command.long(param) and bool(form.fields.get(param.name, "").strip())


def _raw(people: list[Any]) -> dict[str, Any]:
    return {str(one.id): {"username": one.display_name, "bot": one.bot} for one in people}


def _channels(asking: Asking) -> dict[str, int]:
    """The server's text channels by name; names that two have are left out."""
    known = asking.guild.text_channels if asking.guild else []
    names = [channel.name for channel in known]
    return {channel.name: channel.id for channel in known if names.count(channel.name) == 1}

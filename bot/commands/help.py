"""What help says, made from the declarations alone: usage lines, examples, lists and pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from difflib import get_close_matches
from functools import partial
from typing import Annotated

from bot.commands.cog import Cog, command
from bot.commands.declared import Command, Context, Example, Param, Reply, replied
from bot.commands.parameters import example
from bot.core import grammar
from bot.core.echo import shown
from bot.core.model import Refused, Role
from bot.core.sentences import command as say
from bot.core.tongue import _
from bot.storage.store import Tx


class Help(Cog):
    """Says what there is, from the declarations."""

    def __init__(self, known: Mapping[str, Command]) -> None:
        self._known = known

    @command("help", private=True)
    async def help(
        self, ctx: Context, tx: Tx, about: Annotated[str, "A group or a command", Example("chat")] = ""
    ) -> Reply:
        """Show what you can do here."""
        standing = await tx.standing(ctx.person, ctx.place, ctx.power, None)
        role = max(ctx.role, Role.HOST if standing.guest_of else Role.ANYONE)
        return replied(partial(pages, about, [one for one in self._known.values() if one.role <= role]))


def usage(command: Command) -> str:
    """How a command is written, as in `chat plan topic [chat=...] (lines below: questions)`."""
    return " ".join([command.path, *map(_written, command.params)]).strip()


def example_of(command: Command) -> str:
    """A line that this command takes, with its required parameters, or else its first one."""
    shown_ones = [p for p in command.params if p.needed] or [p for p in command.params[:1] if not p.by_name]
    words = [command.path, *(_as_typed(p) for p in shown_ones if not p.kind.below)]
    return "\n".join([" ".join(filter(None, words)), *(example(p) for p in shown_ones if p.kind.below)])


def meant(line: str, commands: Iterable[Command]) -> Command | None:
    """The command that a line begins with, whatever follows."""
    words = " ".join(line.casefold().split())
    named = [one for one in commands if one.path and f"{words} ".startswith(f"{one.path} ")]
    return max(named, key=lambda one: len(one.path), default=None)


def completed(line: str, commands: Iterable[Command]) -> str:
    """A form's line with what it still asks for in its place, as in `series create title when=...`."""
    found = meant(line, commands)
    if found is None:
        return line
    try:
        given = grammar.bind(grammar.read(line), len(found.path.split()), found.shape)
    except Refused:  # a line of another version, which means nothing here
        return line
    open_ones = [p for p in found.params if p.name not in given and not p.is_chat]
    lacking = [p for p in open_ones if p.needed] or open_ones
    return " ".join([line, *map(_written, lacking)])


def pages(said: str, commands: Collection[Command]) -> str:
    """Help on everything, on the group or on the command that somebody names."""
    name = " ".join(said.casefold().split())
    if not name:
        return "\n".join([_(say.HELP_HEAD), *_listed(commands)])
    found = [command for command in commands if command.path == name]
    group = [command for command in commands if command.path.startswith(f"{name} ")]
    if found:
        return "\n".join([_page(found[0]), *_listed(group)])
    if group:
        return "\n".join(_listed(group))
    raise Refused(
        partial(say.unknown_command, shown(said), nearest(name, [command.path for command in commands]))
    )


def nearest(said: str, paths: Iterable[str]) -> list[str]:
    """The declared commands that a mistyped one may have meant, the likeliest first."""
    known = [path for path in paths if path]
    ends = {path.rpartition(" ")[2]: path for path in reversed(known)}
    close = get_close_matches(said, known, n=3, cutoff=0.75)
    words = said.split()
    short = get_close_matches(words[0], ends, n=2, cutoff=0.75) if words else []
    return list(dict.fromkeys([*close, *(ends[end] for end in short)]))[:3]


def _listed(commands: Iterable[Command]) -> list[str]:
    return [say.help_line(usage(command), command.help) for command in commands if command.path]


def _page(command: Command) -> str:
    params = [say.help_param(_name(p), p.help, not p.needed) for p in command.params]
    tail = say.help_tail(command.role, command.destructive)
    return say.help_page(usage(command), command.help, params, example_of(command), tail)


def _written(param: Param) -> str:
    name = _name(param)
    word = say.lines_below(name) if param.kind.below else f"{name}=..." if param.by_name else name
    if not param.needed:
        return f"[{word}]"
    return f"({word})" if param.kind.below else word


def _as_typed(param: Param) -> str:
    return f'{_name(param)}="{example(param)}"' if param.by_name else example(param)


def _name(param: Param) -> str:
    return param.name.replace("_", "-")

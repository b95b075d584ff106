"""Forms: a command's parameters as the fields of a modal, and what is filled in as text again."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord import ui

from bot.commands.declared import Choice, Command, Form, Param
from bot.commands.parameters import example
from bot.core.model import Refused
from bot.core.plain import cut
from bot.core.sentences import command as say
from bot.core.sentences import forms as sentences
from bot.platforms.discord.arguments import MOST_CHOICES
from bot.platforms.discord.buttons import LONGEST_ID, OPEN

MOST_FIELDS: Final = 5
LONGEST_FIELD: Final = 4_000
_LONGEST_LABEL: Final = 45
_LONGEST_HINT: Final = 100
_MOST_PEOPLE: Final = 20
_YES_OR_NO: Final = (Choice("yes", "Yes"), Choice("no", "No"))
_LISTED: Final = frozenset({"question", "series"})
_PEOPLE: Final = frozenset({"person", "people"})
_NUMBER = re.compile(r"[0-9]{1,20}", re.ASCII)
_SELECT, _TEXT, _USERS, _ANYONE, _CHANNELS, _LABEL = 3, 4, 5, 7, 8, 18
_MENTIONED = re.compile(r"<@([!&]?)([0-9]{1,20})>", re.ASCII)


@dataclass(frozen=True, slots=True)
class Around:
    """What a form needs to know of where it is opened: lists by parameter, and channels by their names."""

    lists: Mapping[str, Sequence[Choice]]
    channels: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as it came back: the line it was opened with, and its fields by parameter."""

    line: str
    fields: Mapping[str, str]

    def given(self, carried: Mapping[str, str]) -> dict[str, str]:
        """All that the command is given: what its line carries and what was filled in."""
        kept = {name: value for name, value in carried.items() if name not in self.fields}
        return kept | {name: value for name, value in self.fields.items() if value.strip()}


def asked_in(asks: Form) -> tuple[Param, ...]:
    """The parameters that become fields: what is needed before what is not, what was said already last."""
    asked = [param for param in asks.command.params if asks.asks(param)]
    in_turn = sorted(asked, key=lambda p: (not asks.needs(p), p.name in asks.said))
    names = {param.name for param in in_turn[:MOST_FIELDS]}
    return tuple(param for param in asked if param.name in names)


def to_list(asks: Form) -> tuple[Param, ...]:
    """The fields whose values are shown in a list that must be looked up."""
    return tuple(param for param in asked_in(asks) if param.kind.name in _LISTED)


def modal(asks: Form, around: Around) -> ui.Modal:
    """A command's form; one without fields asks whether it is meant."""
    fields = asked_in(asks)
    made = ui.Modal(title=_title(asks), custom_id=_id(asks, fields))
    for param in fields:
        made.add_item(_labelled(asks, param, around))
    if not fields:
        made.add_item(ui.TextDisplay(_sure(asks.command)))
    if asks.chat and len(made.children) < MOST_FIELDS:
        made.add_item(ui.TextDisplay(asks.chat))
    made.stop()  # else discord.py keeps it, and mixes up two people who open the same one
    return made


def filled(data: Mapping[str, Any]) -> Filled | None:
    """What somebody sent off; None for a form that is none of ours."""
    name = str(data.get("custom_id", ""))
    if not name.startswith(OPEN):
        return None
    roles = frozenset(data.get("resolved", {}).get("roles", ()))
    fields = {one["custom_id"]: _said(one, roles) for one in _inside(data.get("components", ()))}
    return Filled(name.removeprefix(OPEN), fields)


def _id(asks: Form, fields: Sequence[Param]) -> str:
    """The line that opens this form again, without what its fields will say."""
    shown = {param.name for param in fields}
    words = [_word(name, value) for name, value in asks.said.items() if name not in shown]
    made = OPEN + " ".join([asks.command.path, *words])
    if len(made) > LONGEST_ID:
        raise Refused(sentences.FORM_CROWDED)
    return made


def _word(name: str, value: str) -> str:
    plain = " ".join(value.replace('"', "").split())
    return f'{name}="{plain}"' if " " in plain else f"{name}={plain}"


def _title(asks: Form) -> str:
    head = asks.command.help.rstrip(".").partition(";")[0]
    numbers = [asks.said.get(p.name, "") for p in asks.command.params if p.kind.name == "question"]
    number = next((f" ({one})" for one in numbers if one), "")
    return cut(head, _LONGEST_LABEL - len(number)) + number


def _sure(command: Command) -> str:
    return "\n".join([command.help, *say.help_tail(0, command.destructive)])


def _labelled(asks: Form, param: Param, around: Around) -> ui.Label[Any]:
    whole = asks.label(param)
    head = whole if len(whole) <= _LONGEST_LABEL else cut(re.split("[,;]", whole)[0], _LONGEST_LABEL)
    hint = None if head == whole or param.kind.name in _PEOPLE else cut(whole, _LONGEST_HINT)
    return ui.Label(text=head, description=hint, component=_field(asks, param, around))


def _field(asks: Form, param: Param, around: Around) -> ui.Item[Any]:
    given, needed = asks.given.get(param.name, ""), asks.needs(param)
    listed = _choices(param, around)
    if listed:
        return _list(param, listed, given, needed=needed)
    if param.kind.name == "place":
        return _channels(param, given, around, needed=needed)
    if param.kind.name in _PEOPLE:
        return _hosts(param, given) if param.kind.name == "people" else _person(param, given, needed=needed)
    return _words(asks, param, given, needed=needed)


def _choices(param: Param, around: Around) -> Sequence[Choice]:
    if param.kind.name == "yes or no":
        return _YES_OR_NO
    fixed = [Choice(one, one) for one in param.kind.choices]
    return (fixed or around.lists.get(param.name, ()))[:MOST_CHOICES]


def _list(param: Param, listed: Sequence[Choice], given: str, *, needed: bool) -> ui.Select[Any]:
    made: ui.Select[Any] = ui.Select(custom_id=param.name, required=needed, min_values=int(needed))
    for one in listed:
        meaning = param.meanings.get(one.value)
        made.add_option(
            label=cut(one.label, _LONGEST_HINT),
            value=one.value,
            description=cut(meaning, _LONGEST_HINT) if meaning else None,
            default=one.value == given,
        )
    return made


def _channels(param: Param, given: str, around: Around, *, needed: bool) -> ui.ChannelSelect[Any]:
    number = _NUMBER.search(given) if given.startswith("<#") else None
    known = int(number[0]) if number else around.channels.get(given.lstrip("#"))
    kind = discord.SelectDefaultValueType.channel
    return ui.ChannelSelect(
        custom_id=param.name,
        channel_types=[discord.ChannelType.text],
        required=needed,
        min_values=int(needed),
        default_values=[discord.SelectDefaultValue(id=known, type=kind)] if known else [],
    )


def _person(param: Param, given: str, *, needed: bool) -> ui.UserSelect[Any]:
    return ui.UserSelect(
        custom_id=param.name,
        required=needed,
        min_values=int(needed),
        default_values=_known(given)[:1],
    )


def _hosts(param: Param, given: str) -> ui.MentionableSelect[Any]:
    """Several people, or a role that they have."""
    return ui.MentionableSelect(
        custom_id=param.name,
        required=param.needed,
        min_values=int(param.needed),
        max_values=_MOST_PEOPLE,
        default_values=_known(given)[:_MOST_PEOPLE],
    )


def _known(given: str) -> list[discord.SelectDefaultValue]:
    kinds = {"&": discord.SelectDefaultValueType.role}
    user = discord.SelectDefaultValueType.user
    found = dict.fromkeys(_MENTIONED.findall(given))
    return [discord.SelectDefaultValue(id=int(one), type=kinds.get(mark, user)) for mark, one in found]


def _words(asks: Form, param: Param, given: str, *, needed: bool) -> ui.TextInput[Any]:
    if len(given) > LONGEST_FIELD:
        raise Refused(sentences.FORM_FULL.format(name=param.name, limit=LONGEST_FIELD))
    long = asks.command.long(param)
    return ui.TextInput(
        custom_id=param.name,
        style=discord.TextStyle.paragraph if long else discord.TextStyle.short,
        default=given or None,
        placeholder=cut(example(param), _LONGEST_HINT),
        required=needed,
        max_length=LONGEST_FIELD,
    )


def _inside(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The fields of a form that was sent, out of the labels and rows around them."""
    for one in components:
        if one["type"] == _LABEL:
            yield one["component"]
        elif "custom_id" in one:
            yield one
        yield from _inside(one.get("components", ()))


def _said(field: Mapping[str, Any], roles: Collection[str]) -> str:
    if field["type"] == _TEXT:
        return str(field.get("value") or "")
    written = {_USERS: "<@{}>", _ANYONE: "<@{}>", _CHANNELS: "<#{}>"}.get(field["type"], "{}")
    values = field.get("values") or ()
    return "; ".join(f"<@&{one}>" if one in roles else written.format(one) for one in values)

"""What Discord's own program sends when somebody fills in a command or a form, after checking it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.support.fake_discord.answers import (
    CHECKBOX,
    CHECKBOXES,
    FILE_UPLOAD,
    LABEL,
    RADIO,
    SELECTS,
    TEXT_INPUT,
    Field,
    Modal,
    NotOfferedError,
)
from tests.support.fake_discord.places import Channel
from tests.support.fake_discord.shapes import Json, Role, User
from tests.support.fake_discord.state import World

SUB, GROUP, TEXT, WHOLE, TICK, USER, CHANNEL, ROLE, ANYONE, NUMBER, FILE = range(1, 12)
SLASH, ON_MESSAGE = 1, 3
_SHELVES: Final = {USER: "users", CHANNEL: "channels", ROLE: "roles", FILE: "attachments"}
_TYPES: Final[dict[int, tuple[type, ...]]] = {
    TEXT: (str,), WHOLE: (int,), TICK: (bool,), NUMBER: (int, float), USER: (User,), CHANNEL: (Channel,),
    ROLE: (Role,), ANYONE: (User, Role),
}  # fmt: skip
_ENTITIES: Final = {5: USER, 6: ROLE, 7: ANYONE, 8: CHANNEL}


@dataclass(frozen=True)
class Upload:
    """A file that somebody sends along."""

    name: str
    content: bytes
    type: str = "text/plain"


class Resolved:
    """What an interaction tells about the people, roles, channels and files it names."""

    def __init__(self, world: World, guild_id: int | None, asker: User) -> None:
        self.world = world
        self.guild_id = guild_id
        self.asker = asker
        self.data: Json = {}

    def add(self, kind: int, thing: Any) -> str:
        """Note something and give its id."""
        if isinstance(thing, Upload):
            thing = self.world.attach(thing.name, thing.content, thing.type)
        if isinstance(thing, str):  # what a form came with, and nobody touched
            thing = (self.world.channels if kind == CHANNEL else self.world.users)[int(thing)]
        kind = (USER if isinstance(thing, User) else ROLE) if kind == ANYONE else kind
        said = thing.json()
        if kind == CHANNEL:
            said |= {"permissions": str(self.world.permissions(self.asker, thing))}
        self._put(_SHELVES[kind], thing.id, said)
        member = self.world.member(self.guild_id, thing.id) if kind == USER else None
        if member is not None:
            rights = self.world.guild_permissions(member, self.world.guilds[self.guild_id or 0])
            self._put("members", thing.id, member.json(with_user=False) | {"permissions": str(rights)})
        return str(thing.id)

    def message(self, number: int, said: Json) -> None:
        """Note a message; words come with it whatever the intents."""
        self._put("messages", number, said)

    def part(self) -> Json:
        """Give it as part of an interaction's data."""
        return {"resolved": self.data} if self.data else {}

    def _put(self, shelf: str, number: int, said: Json) -> None:
        self.data.setdefault(shelf, {})[str(number)] = said


@dataclass(frozen=True)
class Command:
    """A command that somebody has found: what was registered, and the way down to it."""

    root: Json
    path: tuple[Json, ...]

    @property
    def options(self) -> list[Json]:
        """What may be filled in."""
        return list((self.path[-1] if self.path else self.root).get("options") or [])

    def data(self, options: Sequence[Json]) -> Json:
        """Give the command as an interaction's data carries it."""
        said = [*options]
        for step in reversed(self.path):
            said = [{"name": step["name"], "type": step["type"], "options": said}]
        return {**self._head(), "options": said}

    def on(self, message_id: int) -> Json:
        """Give the command as it is chosen on a message."""
        return {**self._head(), "target_id": str(message_id)}

    def _head(self) -> Json:
        root = self.root
        head = {"id": str(root["id"]), "name": root["name"], "type": root.get("type", SLASH)}
        return head | ({"guild_id": str(root["guild_id"])} if root.get("guild_id") else {})


def find_command(world: World, guild_id: int | None, line: str, kind: int = SLASH) -> Command:
    """Give a command by what people type, as "chat plan"; a guild's own goes before the global one."""
    registered = [*world.commands[guild_id].values(), *world.commands[None].values()]
    names = [line] if kind != SLASH else line.split()
    of_kind = [one for one in registered if one.get("type", SLASH) == kind]
    root = next((one for one in of_kind if one["name"] == names[0]), None)
    path: list[Json] = []
    at = root
    for name in names[1:]:
        inside = (at or {}).get("options") or []
        at = next((one for one in inside if one["name"] == name and one["type"] in {SUB, GROUP}), None)
        path += [at] if at else []
    if root is None or at is None or any(one["type"] in {SUB, GROUP} for one in at.get("options") or []):
        raise NotOfferedError(f"{line!r} is none of {sorted(lines_of(registered))}")
    return Command(root, tuple(path))


def lines_of(commands: Sequence[Json]) -> Iterator[str]:
    """Give every command as people type it."""
    for one in commands:
        inside = [part for part in one.get("options") or [] if part["type"] in {SUB, GROUP}]
        if one.get("type", SLASH) == SLASH and inside:
            yield from (f"{one['name']} {line}" for line in lines_of([_plain(part) for part in inside]))
        else:
            yield one["name"]


def _plain(part: Json) -> Json:
    return part | {"type": SLASH}


def filled(
    command: Command, given: Mapping[str, Any], resolved: Resolved, *, partly: bool = False
) -> list[Json]:
    """Give a command's options filled in; what Discord's program would not send is refused."""
    known = {one["name"]: one for one in command.options}
    wrong = [name for name in given if name not in known]
    wanting = [name for name, one in known.items() if one.get("required") and name not in given]
    if wrong or (wanting and not partly):
        raise NotOfferedError(f"no options {wrong}, missing {wanting}; there are {sorted(known)}")
    return [
        {"name": name, "type": one["type"], "value": _value(one, given[name], resolved)}
        for name, one in known.items()
        if name in given
    ]


def _value(option: Json, given: Any, resolved: Resolved) -> Any:
    kind = option["type"]
    if kind == FILE:
        return resolved.add(FILE, given)
    if kind in {USER, ANYONE}:
        given = getattr(given, "user", given)
    if not isinstance(given, _TYPES[kind]) or (kind in {WHOLE, NUMBER} and isinstance(given, bool)):
        raise NotOfferedError(f"{option['name']} cannot be {given!r}")
    if kind in {USER, CHANNEL, ROLE, ANYONE}:
        return resolved.add(kind, given)
    if choices := option.get("choices"):
        given = next((one["value"] for one in choices if given in (one["value"], one["name"])), None)
        if given is None:
            raise NotOfferedError(f"{option['name']} offers {[one['name'] for one in choices]}")
    _within(option["name"], len(given) if isinstance(given, str) else given, option)
    return given


def _within(name: str, size: float, limits: Json) -> None:
    low = limits.get("min_length", limits.get("min_value", limits.get("min_values")))
    high = limits.get("max_length", limits.get("max_value", limits.get("max_values")))
    if (low is not None and size < low) or (high is not None and size > high):
        raise NotOfferedError(f"{name}: {size} is not between {low} and {high}")


def submitted(modal: Modal, given: Mapping[str, Any], resolved: Resolved) -> list[Json]:
    """Give a form as it is sent: what nobody touched stays as it was filled."""
    typed = {modal.field(name).name: value for name, value in given.items()}
    return [_row(row, number, typed, resolved) for number, row in enumerate(modal.components, start=1)]


def _row(row: Json, number: int, typed: Json, resolved: Resolved) -> Json:
    head = {"type": row["type"], "id": number}
    if row["type"] == LABEL:
        return head | {"component": _component(row["component"], row["label"], number + 100, typed, resolved)}
    inside = row.get("components")
    if inside is None:
        return head
    return head | {"components": [_component(inside[0], inside[0]["label"], number + 100, typed, resolved)]}


def _component(one: Json, label: str, number: int, typed: Json, resolved: Resolved) -> Json:
    field = Field(one["custom_id"], label, one["type"], one)
    value = typed.get(field.name, field.value)
    said: Json = {"type": field.kind, "id": number, "custom_id": field.name}
    if field.required and value in ("", None, []):
        raise NotOfferedError(f"{label!r} must be filled in")
    if field.kind == TEXT_INPUT:
        if value:
            _within(label, len(value), {"max_length": 4000} | one)
        return said | {"value": value}
    if field.kind in {RADIO, CHECKBOX}:
        return said | {"value": _offered(field, [value])[0] if field.kind == RADIO and value else value}
    return said | {"values": _values(field, value if isinstance(value, list | tuple) else [value], resolved)}


def _values(field: Field, chosen: Sequence[Any], resolved: Resolved) -> list[str]:
    if chosen:
        _within(field.label, len(chosen), {"max_values": 1} | field.said)
    if field.kind == FILE_UPLOAD:
        return [resolved.add(FILE, one) for one in chosen]
    if field.kind in _ENTITIES:
        return [resolved.add(_ENTITIES[field.kind], one) for one in chosen]
    assert field.kind in SELECTS | {CHECKBOXES}
    return _offered(field, chosen)


def _offered(field: Field, chosen: Sequence[Any]) -> list[str]:
    by_name = {one["label"]: one["value"] for one in field.options}
    by_name |= {one["value"]: one["value"] for one in field.options}
    wrong = [one for one in chosen if one not in by_name]
    if wrong:
        raise NotOfferedError(f"{field.label!r} does not offer {wrong} but {sorted(by_name)}")
    return [by_name[one] for one in chosen]

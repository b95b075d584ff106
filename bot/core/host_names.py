"""The names of those who moderate too, as a host writes them."""

import re

from bot.core import sentences
from bot.core.model import Refused
from bot.core.names import chosen
from bot.core.plain import plain
from bot.core.sentences.planning import WHOLE_ROOM

MOST_HOSTS = 20
"""Names in one answer."""

_TYPED = 2_000
_NOBODY = frozenset(
    {"", "-", "nobody", "nobody else", "nobody else yet", "nobody yet", "none", "no one", "just me"}
)
_BETWEEN = re.compile(r"[;,\n]")
_ROLE = re.compile(r"<@&([0-9]{1,20})>", re.ASCII)
_WHOLE = re.compile(r"@[^\s:]+:[^\s/@]+")
_LONGEST_WHOLE = 255
_MENTION = re.compile(r"<@!?([0-9]{1,20})>", re.ASCII)


def host_names(said: str) -> tuple[str, ...]:
    """The names in "Dana; Tom", each once; none where nobody else moderates yet."""
    said = _ROLE.sub(";", said)
    parts = [_bare(plain(part, _TYPED)) for part in _BETWEEN.split(said)]
    named = [part for part in parts if part.casefold().rstrip(".") not in _NOBODY]
    names = tuple(dict.fromkeys(part if whole_name(part) else chosen(part) for part in named))
    if len(names) > MOST_HOSTS:
        raise Refused(sentences.HOSTS_MANY, most=MOST_HOSTS)
    return names


def whole_name(said: str) -> bool:
    """Whether this is somebody's whole name, as in "@dana:school.org", where people have such names."""
    return len(said) <= _LONGEST_WHOLE and _WHOLE.fullmatch(said) is not None


def called_role(said: str) -> str:
    """The native id of a role as a host names it for announcements to call, or nothing for none.

    Where there are no roles it may be the whole room.
    """
    if said.strip().casefold() == WHOLE_ROOM:
        return WHOLE_ROOM
    role = _ROLE.fullmatch(said.strip())
    if role is None and said.strip().casefold().rstrip(".") not in _NOBODY:
        raise Refused(sentences.CALL_WHOM)
    return role.group(1) if role else ""


def hosts_role(said: str) -> str:
    """The native id of the role among those names, or nothing; there is one at most."""
    roles = dict.fromkeys(_ROLE.findall(said))
    if len(roles) > 1:
        raise Refused(sentences.HOSTS_ROLES)
    return next(iter(roles), "")


def _bare(name: str) -> str:
    """A name without the sign that it is one, unless that is part of it."""
    return name if whole_name(name) else _MENTION.sub(r"\1", name).removeprefix("@")

"""The names of those who moderate too, as a host writes them."""

import re

from bot.core import sentences
from bot.core.model import Refused
from bot.core.names import chosen
from bot.core.plain import plain

MOST_HOSTS = 20
"""Names in one answer."""

_TYPED = 2_000
_NOBODY = frozenset(
    {"", "-", "nobody", "nobody else", "nobody else yet", "nobody yet", "none", "no one", "just me"}
)
_BETWEEN = re.compile(r"[;,\n]")
_ROLE = re.compile(r"<@&([0-9]{1,20})>", re.ASCII)
_MENTION = re.compile(r"<@!?([0-9]{1,20})>", re.ASCII)


def host_names(said: str) -> tuple[str, ...]:
    """The names in "Dana; Tom", each once; none where nobody else moderates yet."""
    said = _ROLE.sub(";", said)
    parts = [_MENTION.sub(r"\1", plain(part, _TYPED)).removeprefix("@") for part in _BETWEEN.split(said)]
    names = tuple(dict.fromkeys(chosen(part) for part in parts if part.casefold().rstrip(".") not in _NOBODY))
    if len(names) > MOST_HOSTS:
        raise Refused(sentences.HOSTS_MANY.format(most=MOST_HOSTS))
    return names


def called_role(said: str) -> str:
    """The native id of a role as a host names it for announcements to call, or nothing for none."""
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

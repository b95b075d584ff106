"""What the bot needs to be on each network, as the settings give it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pydantic import SecretStr

LOGIN_FILE: Final = "matrix-login.json"
"""What a homeserver gave for the bot's password stands in this file of the data folder."""
_MXID: Final = re.compile(r"@[^\s:]+:[^\s/@]+")
_SERVER: Final = re.compile(r"[A-Za-z0-9.-]+(?::[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](?::[0-9]{1,5})?")
_LONGEST_MXID: Final = 255
_ON_DISCORD: Final = re.compile(r"discord:[0-9]{5,20}")


@dataclass(frozen=True, slots=True)
class DiscordSettings:
    """What the bot needs to be on Discord; no `guilds` are all of them, no address is the real one."""

    token: SecretStr
    guilds: frozenset[int] = frozenset()
    api_url: str = ""
    gateway_url: str = ""
    zone: str = "UTC"
    language: str = "en"

    @property
    def stays_here(self) -> bool:
        """Whether every server it speaks to is this machine."""
        return all(map(_on_this_machine, (self.api_url, self.gateway_url)))


@dataclass(frozen=True, slots=True)
class MatrixSettings:
    """What the bot needs to be on Matrix; with a token it never logs in, else once with its password.

    `inviters` are people ("@dana:school.org") and servers ("school.org") whose invitations it accepts;
    whoever has the `host_power` in a room is a host there. What the homeserver gives for the password is
    kept in the `login_file`; without one the bot logs in at each start.
    """

    homeserver: str
    user: str
    token: SecretStr | None = None
    password: SecretStr | None = None
    inviters: frozenset[str] = frozenset()
    host_power: int = 50
    zone: str = "UTC"
    language: str = "en"
    login_file: Path | None = None

    @property
    def stays_here(self) -> bool:
        """Whether the server it speaks to is this machine."""
        return _on_this_machine(self.homeserver)


def mxid(written: str) -> str:
    """Somebody's whole name on Matrix, as in "@dana:school.org"; else ValueError."""
    if len(written) > _LONGEST_MXID or not _MXID.fullmatch(written):
        raise ValueError(written)
    return written


def inviters(written: str) -> str:
    """People and servers whose invitations are accepted, apart by commas; else ValueError."""
    named = [one.strip() for one in written.split(",") if one.strip()]
    for one in named:
        if not (_SERVER.fullmatch(one) or mxid(one)):
            raise ValueError(one)
    return ", ".join(named)


def told(written: str) -> str:
    """People on networks, apart by commas, as in "discord:123, @dana:school.org"; else ValueError."""
    people = [one.strip() for one in written.split(",") if one.strip()]
    for one in people:
        if not _ON_DISCORD.fullmatch(one):
            mxid(one)
    return ", ".join(people)


def named(people: str) -> tuple[tuple[str, str], ...]:
    """Each of these people as the network they are on and their id there."""
    each = [one.strip() for one in people.split(",") if one.strip()]
    found = [("matrix", one) if one.startswith("@") else tuple(one.split(":", 1)) for one in each]
    return tuple((network, native_id) for network, native_id in found)


def server_of(user: str) -> str:
    """The server on which somebody on Matrix is at home."""
    return user.partition(":")[2]


def _on_this_machine(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False

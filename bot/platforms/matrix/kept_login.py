"""What a homeserver gave for the password, in a file of its own that goes into no copy of the database."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import structlog

from bot.networks import MatrixSettings

_FOR_ITS_OWNER: Final = 0o600

_log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Login:
    """What the homeserver gave for a password, and when; a device older than that is not the same one."""

    homeserver: str
    user: str
    token: str
    device: str
    at: str

    def fits(self, settings: MatrixSettings) -> bool:
        """Whether this is of the account in the settings."""
        return (self.homeserver, self.user) == (settings.homeserver, settings.user)


def read_login(file: Path) -> Login | None:
    """Read what was kept; None where there is nothing that can be read."""
    try:
        return Login(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as fault:
        _log.warning("matrix_login_unread", fault=type(fault).__name__)
        return None


def keep_login(file: Path, login: Login) -> bool:
    """Keep it for whoever runs the bot alone; whether that could be done."""
    partial = file.with_name(file.name + ".partial")
    try:
        partial.unlink(missing_ok=True)
        partial.touch(_FOR_ITS_OWNER)
        with partial.open("w", encoding="utf-8") as out:
            json.dump(asdict(login), out)
            out.flush()
            os.fsync(out.fileno())
        partial.replace(file)
    except OSError as fault:
        _log.warning("matrix_login_not_kept", fault=fault.strerror or str(fault))
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        return False
    return True


def drop_login(file: Path) -> None:
    """Keep nothing any more."""
    with suppress(OSError):
        file.unlink(missing_ok=True)

"""Named places between a commit and a send at which the kill tests stop the bot."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Final

FAILPOINTS: Final = frozenset(
    {
        "step.before_commit",
        "step.committed",
        "outbox.claimed",
        "outbox.sent",
        "outbox.confirmed",
        "inbox.heard",
        "inbox.before_commit",
        "inbox.committed",
        "command.before_commit",
        "command.committed",
        "render.before_commit",
    }
)
"""Every seam between hearing, deciding, committing and sending."""

VARIABLE: Final = "EDCHAT_FAILPOINT"
"""Names the failpoint at which the process ends, as `outbox.sent`, or `outbox.sent:3` for the third time."""

Action = Callable[[str], None]
"""What happens when a failpoint is passed; it is told the name."""

_action: Action | None = None


def failpoint(name: str) -> None:
    """Pass a named place; nothing happens unless a test armed it."""
    if _action is not None:
        _action(_known(name))


def arm(action: Action | None) -> None:
    """Do `action` at every failpoint passed from now on; None stops that."""
    global _action  # noqa: PLW0603 - one switch for the process, like the signal it stands for
    _action = action


def killer(spec: str) -> Action:
    """Make the action that ends this process at once at the failpoint a `name` or `name:3` says."""
    name, _, times = spec.partition(":")
    if not (times or "1").isdecimal() or int(times or "1") < 1:
        raise ValueError(f"{VARIABLE}: write how often after the colon, as in {name}:3.")
    return _Countdown(_known(name), int(times or "1"))


class _Countdown:
    def __init__(self, name: str, passages: int) -> None:
        self._name = name
        self._left = passages

    def __call__(self, name: str) -> None:
        self._left -= name == self._name
        if self._left == 0:
            # No handler, no flush, no finally: what a power cut leaves.
            os.kill(os.getpid(), signal.SIGKILL)


def _known(name: str) -> str:
    if name not in FAILPOINTS:
        raise ValueError(f"There is no failpoint {name}; write one of: {', '.join(sorted(FAILPOINTS))}.")
    return name


if VARIABLE in os.environ:
    try:
        arm(killer(os.environ[VARIABLE]))
    except ValueError as error:
        raise SystemExit(str(error)) from None

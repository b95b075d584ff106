"""What every typed command has in common: its settings, and how it is carried out."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from typing import Any, TypeVar

from bot import logs
from bot.core.model import Refused
from bot.settings import Settings, load, strangers
from bot.storage.engine import StorageFull

Given = TypeVar("Given")


def settings_for(*, quiet: bool = False) -> Settings:
    """The settings, with the log set up; variables that are none of ours are told."""
    settings = load()
    logs.set_up("warning" if quiet else settings.log_level, as_json=settings.log_json)
    for sentence in strangers():
        print(sentence, file=sys.stderr)  # noqa: T201 - said to the person who typed
    return settings


def carry_out(work: Coroutine[Any, Any, Given]) -> Given:
    """Do it; of several refusals at once the first one is told."""
    try:
        return asyncio.run(work)
    except BaseExceptionGroup as faults:
        kind, rest = faults.split((Refused, StorageFull))
        if kind is None or rest is not None:
            raise
        raise _first(kind) from None


def _first(faults: BaseExceptionGroup[BaseException]) -> BaseException:
    one = faults.exceptions[0]
    return _first(one) if isinstance(one, BaseExceptionGroup) else one

"""What the demos on servers of our own share: what can be chosen, what is shown, how it is judged."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot import logs
from bot.core import sentences
from bot.core.model import Refused
from bot.demo.links import Links
from bot.demo.outcome import Outcome
from bot.demo.playing import Bot, Demo, Hours

_B = TypeVar("_B", bound=Bot)


class Shown:
    """What somebody sees of one demo: the conversation as it happens, or one line for machines."""

    def __init__(self, demo: Demo, given: argparse.Namespace) -> None:
        self.demo, self.given = demo, given
        self.outcome: Outcome | None = None

    def begin(self) -> None:
        """Say what is about to be played."""
        if not self.given.json:
            sample = self.demo.check()
            say(sentences.demo_begins(sample.name, sample.source, self.demo.people, self.demo.seconds))

    async def hour(self, evening: Hours[_B], bot: _B, links: Links) -> None:
        """Play, and say what came of it; then stay until stopped, unless that was not wished."""
        self.outcome = await evening.play(bot, links, None)
        row = self.outcome.as_row()
        say(json.dumps(row) if self.given.json else sentences.demo_over(row))
        if not self.given.exit:
            say(f"The archive: {links.archive}\nThe bot stays up; Ctrl-C ends it.")
            await asyncio.Event().wait()

    def judge(self, folder: str) -> None:
        """Refuse what did not come out right."""
        if self.outcome is None:
            raise Refused(sentences.DEMO_STOPPED)
        if not self.outcome.right:
            raise Refused(sentences.demo_wrong(json.dumps(self.outcome.as_row()), folder))


def say(text: str) -> None:
    """Print it now."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main(called: str, what: str | None, watch: Callable[[Shown], Awaitable[None]]) -> None:
    """Read what was chosen, and play; whatever came out wrong is one sentence and a failure."""
    given = _asks(called, what).parse_args()
    logs.set_up("error")
    demo = Demo(given.people, given.seconds, given.seed, given.chat)

    async def watched() -> None:
        demo.check()
        await watch(Shown(demo, given))

    try:
        asyncio.run(watched())
    except Refused as no:
        sys.exit(str(no))


def _asks(called: str, what: str | None) -> argparse.ArgumentParser:
    usual = Demo()
    asks = argparse.ArgumentParser(prog=called, description=what)
    asks.add_argument("--exit", action="store_true", help="end with the evening")
    asks.add_argument(
        "--json", action="store_true", help="print one line of JSON instead of the conversation"
    )
    asks.add_argument("--people", type=int, default=usual.people, help="how many take part")
    asks.add_argument("--seconds", type=float, default=usual.seconds, help="how long the hour takes")
    asks.add_argument("--seed", type=int, default=usual.seed, help="which evening it is")
    asks.add_argument("--chat", default=usual.chat, help="words that name a real chat's questions")
    return asks

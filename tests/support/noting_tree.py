"""Commands that remember their last answer: where people read it, not all of it can be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.commands import Asker, CommandTree, Reply, Settle


class NotingTree(CommandTree):
    """The commands, with the last answer as it was before a platform drew it."""

    last: Reply | None = None

    async def answer(self, asker: Asker, text: str, settle: Settle | None = None) -> Reply:
        """Run a command typed as text."""
        self.last = await super().answer(asker, text, settle)
        return self.last

    async def run(
        self,
        asker: Asker,
        path: str,
        given: Mapping[str, str],
        lines: Sequence[str] = (),
        settle: Settle | None = None,
    ) -> Reply:
        """Run a command whose parameters were given apart."""
        self.last = await super().run(asker, path, given, lines, settle)
        return self.last

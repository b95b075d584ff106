"""Carries out typed commands, each once: effect, reply and mark are one transaction."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import structlog

from bot.clock import Clock
from bot.commands import Asker, CommandTree, Reply, Settle
from bot.commands.help import meant
from bot.core import structured
from bot.core.model import Place, Role
from bot.core.rooms.bar import BUTTONS
from bot.core.spoken import CALL, spoken_commands
from bot.core.tongue import ENGLISH, Tongue, speaking
from bot.storage.archive.addresses import BROWSER
from bot.storage.outgoing.outbound import REFUSAL, REPLY, SHOWS_WORDS
from bot.storage.people import Typed
from bot.storage.store import Store, Tx

log = structlog.get_logger()

AFTER_A_FAULT = 1.0
"""Seconds until a command whose reply could not be stored is tried again."""


def _english(_language: str) -> Tongue:
    return ENGLISH


class Commander:
    """Takes stored commands in the order in which they were heard.

    It answers in English, except in rooms of our own: what is for one person's eyes there is a page's, and so
    in the community's language.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        tree: CommandTree,
        tongue_of: Callable[[str], Tongue] = _english,
    ) -> None:
        self._store, self._clock, self._tree, self._tongue_of = store, clock, tree, tongue_of
        self._paths = frozenset(command.path for command in tree.commands)
        self._more = asyncio.Event()

    def wake(self) -> None:
        """Say that a command may have been typed."""
        self._more.set()

    async def run(self) -> None:
        """Carry out what waits, then wait for more; until cancelled."""
        while True:
            self._more.clear()
            try:
                while await self.carry_out_next():
                    pass
            except Exception:
                log.exception("command_waits")
                await asyncio.sleep(AFTER_A_FAULT)
                continue
            await self._more.wait()

    async def carry_out_next(self) -> bool:
        """Carry out the command that has waited longest; False when none waits."""
        async with self._store.read() as tx:
            typed = await tx.next_command()
            place = await tx.place(typed.place_id) if typed else None
            community = await tx.community_of(place) if place else None
        if typed is None or place is None or community is None:
            return False
        own = place.platform == BROWSER
        tongue, hosts = self._tongue_of(community.language) if own else ENGLISH, community.hosts_place_id

        async def settle(tx: Tx, reply: Reply) -> None:
            now = self._clock.now()
            who, key = typed.person.native_id, f"{REPLY}{typed.id}"
            subject = REFUSAL if reply.refused else SHOWS_WORDS if reply.shows_words else ""
            asked = typed.native_id.removeprefix(f"{place.native_id}:")  # as it was stored
            alone = self._in_private(typed, reply, among_hosts=place.id == hosts)
            said = self._worded(reply, typed.text, tongue)
            aloud, mark = None if alone else asked, {"subject": subject, "language": said.language}
            await tx.whisper(place, who, said.text, said.offers, key, now, reply_to=aloud, **mark)
            await tx.handled(typed.id, now)

        with speaking(tongue):
            await self._answer(_asker(typed, place), typed.text, settle)
        return True

    async def _answer(self, asker: Asker, text: str, settle: Settle) -> None:
        asked = structured.read(text)
        if asked is None:
            await self._tree.answer(asker, text, settle)
        else:
            await self._tree.run(asker, asked.path, asked.given, settle=settle)

    def _worded(self, reply: Reply, typed: str, tongue: Tongue) -> Reply:
        """What is said in answer, in the place's language; what nobody translated stays English."""
        with speaking(tongue):
            said = reply.here((typed,))
            if said.language == ENGLISH.code:
                return said
            return replace(said, text=spoken_commands(said.text, self._paths, f"{CALL} ", BUTTONS))

    def _in_private(self, typed: Typed, reply: Reply, *, among_hosts: bool) -> bool:
        """Whether an answer is for the asker alone; a no is, where the command itself is.

        In the hosts' room it is for all of them, save what anybody may ask of themselves.
        """
        asked = structured.read(typed.text)
        line = typed.text if asked is None else asked.path
        command = meant(line, self._tree.commands)
        if among_hosts and (not line or (command is not None and command.role >= Role.HOST)):
            return False
        if not reply.refused:
            return reply.private
        return command is not None and command.private


def _asker(typed: Typed, place: Place) -> Asker:
    return Asker(typed.person, place, typed.power, typed.native_id)

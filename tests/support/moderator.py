"""A moderator who goes by the buttons alone: what they press and send is counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.commands import Asker, CommandTree, Form, Offer, Reply


@dataclass(slots=True)
class Moderator:
    """Somebody in a room; a form that is opened and sent is one action, as is a button without one."""

    tree: CommandTree
    asker: Asker
    offers: tuple[Offer, ...] = ()
    actions: int = 0

    async def types(self, line: str) -> Reply:
        """Type a command."""
        self.actions += 1
        return self._read(await self.tree.answer(self.asker, line))

    async def presses(self, label: str) -> Reply:
        """Press a button that asks for nothing more."""
        offer = self._offered(label)
        assert not offer.form, f"{label} opens a form"
        return await self.types(offer.line)

    async def opens(self, label: str) -> Form:
        """Press a button that opens a form, which is sent as an action of its own."""
        self.actions += 1
        return await self._form(label)

    async def sends(self, form: Form, lines: Iterable[str] = (), **fields: str) -> Reply:
        """Fill in and send a form that is open."""
        self.actions += 1
        below = {one.name for one in form.command.params if one.kind.below} if lines else set()
        given = {name: text for name, text in form.given.items() if name not in below and text}
        return self._read(await self.tree.run(self.asker, form.command.path, given | fields, tuple(lines)))

    async def fills_in(self, label: str, lines: Iterable[str] = (), **fields: str) -> Reply:
        """Open a form, fill it in and send it."""
        return await self.sends(await self._form(label), lines, **fields)

    async def _form(self, label: str) -> Form:
        offer = self._offered(label)
        assert offer.form, f"{label} opens no form"
        return await self.tree.form(self.asker, offer.line)

    def _offered(self, label: str) -> Offer:
        found = [offer for offer in self.offers if offer.label == label]
        assert found, f"{label} is none of {[offer.label for offer in self.offers]}"
        return found[0]

    def _read(self, reply: Reply) -> Reply:
        """Look at a reply, and make sure that each of its buttons works."""
        assert not reply.refused, reply.text
        for offer in reply.offers:
            self.tree.check(offer)
        self.offers = reply.offers
        return reply

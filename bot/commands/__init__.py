"""Commands are declared once, as typed methods of a cog; this is all that a cog needs to declare them."""

from bot.commands.cog import Cog, command, fills, hears, on_step
from bot.commands.declared import Asker, Between, Context, Example, Form, Meanings, Reply, replied
from bot.commands.tree import OFFER_LIMIT, CommandTree, Settle
from bot.core.model import Offer

__all__ = [
    "OFFER_LIMIT",
    "Asker",
    "Between",
    "Cog",
    "CommandTree",
    "Context",
    "Example",
    "Form",
    "Meanings",
    "Offer",
    "Reply",
    "Settle",
    "command",
    "fills",
    "hears",
    "on_step",
    "replied",
]

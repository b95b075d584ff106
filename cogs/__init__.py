"""The features: each cog is one, declared once for every front end."""

from bot.cog import Cog
from cogs.answers import Answers
from cogs.archive import Archive
from cogs.card import Card
from cogs.chats import Chats
from cogs.hosts import Hosts
from cogs.privacy import Privacy
from cogs.questions import Questions
from cogs.rooms import Rooms
from cogs.series import Series
from cogs.setup import Setup


def every_cog() -> tuple[Cog, ...]:
    """Every feature, in the order in which help shows them."""
    return Card(), Setup(), Series(), Chats(), Questions(), Answers(), Archive(), Hosts(), Rooms(), Privacy()

"""The features: each cog is one, declared once for every front end."""

from bot.cog import Cog
from cogs.answers import Answers
from cogs.card import Card
from cogs.chats import Chats
from cogs.hosts import Hosts
from cogs.privacy import Privacy
from cogs.questions import Questions
from cogs.series import Series


def every_cog() -> tuple[Cog, ...]:
    """Every feature, in the order in which help shows them."""
    return Card(), Series(), Chats(), Questions(), Answers(), Hosts(), Privacy()

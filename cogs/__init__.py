"""The features: each cog is one, declared once for every front end."""

from bot.commands.cog import Cog
from cogs.answers import Answers
from cogs.archive import Archive
from cogs.card import Card
from cogs.chats import Chats
from cogs.desk import Desk
from cogs.health import Health
from cogs.hosts import Hosts
from cogs.privacy import Privacy
from cogs.questions import Questions
from cogs.reminders import Reminders
from cogs.resources import Resources
from cogs.rooms import Rooms
from cogs.searching import Searching
from cogs.series import Series
from cogs.setup import Setup
from cogs.sharing import Sharing
from cogs.slow import Slow
from cogs.sorting import Sorting


def every_cog() -> tuple[Cog, ...]:
    """Every feature, in the order in which help shows them."""
    made = Card(), Setup(), Series(), Slow(), Sharing()
    held = Chats(), Questions(), Answers(), Sorting(), Reminders()
    return *made, *held, Archive(), Searching(), Resources(), Desk(), Hosts(), Rooms(), Privacy(), Health()

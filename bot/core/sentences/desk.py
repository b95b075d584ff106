"""What is said of the desk: the way in, and what it answers."""

from collections.abc import Collection

from bot.core.model import Community
from bot.core.tongue import _, marked

OPEN_DESK = marked("Open the desk")
SORT_AT_DESK = marked("Sort the rest at the desk")
NO_DESK = marked(
    "The desk is for hosts; ask the bot for your link in your chat's channel or room: {command}. "
    "It opens once, within a day, and this browser then remembers you."
)
NO_DESK_ANY_MORE = marked(
    "The desk is for hosts, and the bot does not hear any more that you are one; if you are, "
    "ask it for a new link in your chat's channel or room: {command}."
)
BY_SLASH = frozenset({"discord"})
"""Networks on which commands are chosen after a slash; elsewhere they are typed among other words."""
_SLASHED, _TYPED = "`/desk`", "`!edchat desk`"
_EITHER = marked("`!edchat desk`, or `/desk` on Discord")
NOT_THIS_DESK = marked("That chat is of another community; its own hosts plan it at their desk.")
CHANGED_MEANWHILE = marked(
    "Somebody changed that meanwhile, so nothing of yours was stored; "
    "look at what stands there now, and say it again if it still holds."
)
TOPIC_NOW = marked("The topic is “{topic}” now.")
ADDED = marked("{first} to {last} are added.")
AS_IT_WAS = marked("Everything is as it was; nothing was changed.")
NOT_ON_DESK = marked("That is no button of the desk; please open the page again.")
SETTLED_ALREADY = marked("That was settled already, or is gone; this page shows what waits now.")
HIDDEN_IN_ROOM = marked(
    "Only its writer and the hosts see that message now; in its room you can let it in again."
)
NEXT_WORDS_HELD = marked("What its writer says next in your rooms waits until you let it in.")
LEFT_AS_IT_IS = marked("It stays as it is, and what was reported of it is settled.")
NAMELESS_HELD = marked("What its writer says next without a name waits until you let it in.")
CANNOT_HOLD = marked("Its writer cannot be held back or shut out; hide this message alone.")
SENT_TWICE = marked("That was sent twice; it was done once.")
_WAY_TO_DESK = marked(
    "Your way to the desk of {community}, for you alone: {url}\n"
    "There you plan and reorder questions, see the term at a glance, and look after what was said. "
    "It opens once, within a day."
)


def desk_link(community: Community, url: str) -> str:
    """The way to the desk, for one host alone."""
    return _(_WAY_TO_DESK).format(community=community.name, url=url)


def desk_command(networks: Collection[str]) -> str:
    """The command for the way in, as it is given on these networks."""
    if BY_SLASH.isdisjoint(networks):
        return _TYPED
    return _SLASHED if BY_SLASH.issuperset(networks) else _(_EITHER)

"""What the bot says of its own rooms, of who comes in there, and of houses."""

from collections.abc import Sequence

from bot.core.model import Offer
from bot.core.tongue import _, marked

RELEASE, LET_BACK_IN = marked("Release"), marked("Let back in")
ROOMS_ELSEWHERE = marked("Rooms on this network are made and kept by its own means; the bot only comes in.")
ROOMS_MANY = marked("A community has at most {most} rooms here; that is all of them.")
ROOM_TWICE = marked("There is a room called {name} already; choose another name.")
ROOM_OF_HOSTS = marked(
    "No link leads into the hosts' room; `setup hosts=...` gives somebody a host's own link."
)
NO_ADDRESS = marked(
    "The bot's pages are not served just now, so no link would lead anywhere; start it with `edchat run`."
)
ANOTHER_LINK = marked("Another link instead")
NOBODY_IN = marked("Nobody has come in yet; `room link` gives the link that leads in.")
NOT_A_HOST = marked("{name} is a host, and hosts are neither held nor banned.")
NOT_A_MEMBER = marked("{name} never came in here.")
HELD_ALREADY = marked("{name} is held already.")
NOT_HELD = marked("{name} is not held.")
BANNED_ALREADY = marked("{name} is banned already.")
NOT_BANNED = marked("{name} is not banned.")
NO_SUCH_HELD = marked("No held words with that number wait here.")
LET_IN = marked("Everybody sees it now.")
HOUSE_LINK = marked("For the first host of {name}, good once and for 7 days:\n  {link}")
NO_SUCH_HOUSE = marked("There is no community called {said}; there are {names}.")


def room_made(room: str, address: str, link: str) -> str:
    """Said to the host who made a room."""
    said = _("{room} is open at {address}\nWhoever opens this link comes into {room} with a name:\n  {link}")
    return said.format(room=room, address=address, link=link)


def join_link(room: str, link: str) -> str:
    """The link that leads into a room."""
    said = _("Whoever opens this link comes into {room} with a name:\n  {link}")
    return said.format(room=room, link=link)


def new_join_link(room: str, link: str) -> str:
    """Said when a room got another link."""
    said = _(
        "The old link opens nothing any more. "
        "Whoever opens this link comes into {room} with a name:\n  {link}"
    )
    return said.format(room=room, link=link)


def people_in(names: Sequence[str], hosts: Sequence[str], held: Sequence[str], banned: Sequence[str]) -> str:
    """Who came in, by what they are."""
    parts = (
        (_("Hosts: {names}."), hosts),
        (_("In: {names}."), names),
        (_("Held: {names}."), held),
        (_("Banned: {names}."), banned),
    )
    return "\n".join(said.format(names=", ".join(who)) for said, who in parts if who) or _(NOBODY_IN)


def held_now(who: str) -> str:
    """Said to the host who holds somebody."""
    return _("What {name} writes from now on waits until a host lets it through.").format(name=who)


def released(who: str) -> str:
    """Said to the host who lets somebody speak freely again."""
    return _("{name} speaks freely again, and what waited is let through.").format(name=who)


def banned_now(who: str) -> str:
    """Said to the host who bans somebody."""
    said = _("{name} is out: their links open nothing any more. What they wrote stays until you hide it.")
    return said.format(name=who)


def unbanned(who: str) -> str:
    """Said to the host who lets somebody back in."""
    return _("{name} may come in again, by a new link.").format(name=who)


def held_back(who: str, room: str, message_id: int) -> tuple[str, tuple[Offer, ...]]:
    """Told to hosts when somebody who is held writes; the words stand in the room alone."""
    let_through = Offer("Let it through", f"room pass {message_id}")
    return f"{who}, who is held, wrote in {room}; until you let it through only hosts see it.", (let_through,)


KEPT_TOO_SHORT = marked("Chats are kept for {least} days at least, or for good with keep-days=0.")
HOUSE_NOTHING = marked("Say what to change: about, contact, language or keep-days.")
CONTACT_GONE = (
    "The contact on your pages was somebody's who is forgotten now, so it is gone, and readers are sent to "
    "the hosts in the room; name another with `house edit contact=office@school.example`."
)
LANGUAGE_UNKNOWN = marked(
    "I know no language called {said!r}; write its name or its code, as in German or de."
)


def house_changed(keep_days: int | None) -> str:
    """Said when a community's pages or its keeping changed."""
    if keep_days is None:
        return _("Changed; its pages say so now.")
    if keep_days == 0:
        return _("Changed: chats are kept until somebody deletes them.")
    said = _("Changed: chats are erased {count} days after they were held, those that are older tonight.")
    return said.format(count=keep_days)

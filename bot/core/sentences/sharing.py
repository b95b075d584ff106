"""What is said where one weekly chat is held in places of several communities."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.model import Chat, Offer, Place, Series, Visibility, offered
from bot.core.sentences.chat import READERS, name
from bot.core.times import clockface
from bot.core.tongue import _, marked

_LONGEST_NAME = 70
"""Characters of a name on a button, which has at most 80."""

CODE_WRONG = marked("That code opens nothing any more; ask the weekly chat's hosts for a new one.")
CODES_REVOKED = marked("Codes that nobody used yet open nothing any more.")
HELD_HERE_ALREADY = marked("{series} is held in {place} already; nothing was changed.")
PLACES_MANY = marked("A weekly chat is held in at most {most} places; take one out first.")
OWN_PLACE_LAST = marked(
    "{series} is held nowhere else of yours; `series pause` lets it rest, `series delete` ends it."
)
OWN_PLACE_MUTE = marked("{series} is your own, so it is not muted; `series pause` lets it rest.")
NOT_HELD_THERE = marked("{series} is not held there; `series share` lists its places.")
MUTED_ALREADY = marked("{series} is muted in {place} already.")
NOT_MUTED = marked("{series} is not muted in {place}.")
MUTED_HERE = marked("It is muted in {place}: nothing of it is posted there.")
NOT_SAID_HERE = marked("That was said in another place; only this chat's own hosts look after it.")
NOT_HELD_BACK = marked("Its writer is not held back: that is for the hosts of the place where it was said.")
SHOWN_BY_OWNERS = marked("It stands on {community}'s page, and its own hosts show it again; ask one of them.")
NOT_FOR_GUESTS = marked(
    "That page is for members of {community}, whose chat this is; ask one of them for it."
)
MUTE, UNMUTE, LEAVE = marked("Mute it here"), marked("Unmute"), marked("Leave")
ACCEPT = marked("Yes, hold it here too")
LEAVE_SURELY, TAKE_OUT = marked("Yes, leave"), marked("Yes, take it out")
_THERE = {"members": marked("Members of {community} can read your answers afterwards.")}
_CODE_HOW = marked(
    "Give this code to a host of the other place, privately. It is good once, for 7 days; "
    "there they write `!edchat series join {code}`, or on Discord `/series join`."
)


def not_among_hosts(rooms: Sequence[str]) -> str:
    """The answer to holding a weekly chat in the hosts' room, with the options that name others."""
    if not rooms:
        return _(
            "A weekly chat is held where everybody is, not among hosts; write that in a room for everybody."
        )
    said = _("A weekly chat is held where everybody is, not among hosts; add {rooms}.")
    return said.format(rooms=_(" or ").join(rooms))


def only_hosts_of(community: str) -> str:
    """Said to hosts of a place that only joined a chat: whose it is."""
    said = _("This chat is {community}'s, and only its own hosts can do that; here you may mute or leave it.")
    return said.format(community=community)


def series_not_ours(community: str) -> str:
    """Said to hosts who would change another community's weekly chat."""
    said = _("That weekly chat is {community}'s, and its own hosts change it; here you may mute or leave it.")
    return said.format(community=community)


def read_there(readers: Visibility, community: str) -> str:
    """Who reads afterwards what guests say in another community's chat."""
    return _(_THERE.get(readers.value, READERS[readers.value])).format(community=community)


def read_in(series: Series, readers: Visibility, community: str) -> str:
    """The same, where it must be said of which chat."""
    said = _("{series} is {community}'s: {readers}")
    return said.format(series=series.title, community=community, readers=read_there(readers, community))


def guest_of(series: Series, community: str, place: str, *, muted: bool) -> str:
    """Tell hosts of a place that joined whose chat it is."""
    said = _("{series} is {community}'s, and {place} is a guest of it: its own hosts steer.")
    told = said.format(series=series.title, community=community, place=place)
    quiet = _(MUTED_HERE).format(place=place)
    return f"{told} {quiet}" if muted else told


def held_together(community: str, page: str, *, guests: bool) -> str:
    """Said in every place of a chat that is held in several at once, with where to read all of it."""
    whose = f" It is {community}'s." if guests else ""
    read = f" Read all of it together: {page}" if page else ""
    return f"This chat is held in several places at once.{whose}{read}"


def share_code(series: Series, places: Sequence[str], code: str) -> str:
    """Where a weekly chat is held, and the code by which one more place joins."""
    head, how = _("{series} is held in:").format(series=series.title), _(_CODE_HOW).format(code=code)
    return "\n".join([head, *places, "", how])


def shared_place(place: Place, network: str, community: str, *, muted: bool, left: bool) -> str:
    """One place of a weekly chat, in a list; one of another community is named with it."""
    said = "- {place}, {network}"
    if left:
        said = _("- {place}, {network}, which I cannot see any more")
    elif muted:
        said = _("- {place}, {network}, muted")
    return said.format(place=_whose(place.name, community), network=network)


def take_out_offer(series: Series, place: Place, community: str) -> Offer:
    """The button that takes a place out."""
    name = _whose(place.name, community)[:_LONGEST_NAME]
    return offered("Take out {place}", f"series unshare {place.id} series={series.id}", place=name)


def option(place: Place) -> str:
    """The option that names a place of this community, whatever else is called so and however long its id."""
    return f"place=p{place.id}"


def guest_offers(series: Series, place: Place, *, muted: bool = False) -> tuple[Offer, ...]:
    """What hosts of a place that joined may do: mute and leave."""
    where = option(place)
    quiet = Offer(_(UNMUTE), f"series unmute {series.id} {where}")
    loud = Offer(_(MUTE), f"series mute {series.id} {where}")
    return quiet if muted else loud, Offer(_(LEAVE), f"series leave {series.id} {where}")


def taken_then(title: str, at: datetime, zone: str, place: Place) -> str:
    """The answer when a place has another chat at that hour."""
    said = _("{title} is held in {place} then, on {when}; choose another room.")
    return said.format(title=title, place=place.name, when=clockface.moment(at, zone))


def on_there(chat: Chat, series: Series, place: Place) -> str:
    """The answer when another chat is on in a place right now."""
    said = _("{chat} is on in {place} now; try again when it is over.")
    return said.format(chat=name(chat, series), place=place.name)


def join_sure(series: Series, community: str, place: Place, rules: Sequence[str], readers: Visibility) -> str:
    """Ask a place's own host whether another community's weekly chat may be held there."""
    said = _(
        "{series} of {community}: {times}.\n"
        "Shall it be held in {place} too? Its own hosts steer; you can mute or leave it.\n"
        "Answers stand on {community}'s page. {readers}"
    )
    about = {"times": "; ".join(rules) or _("no fixed time"), "readers": read_there(readers, community)}
    return said.format(series=series.title, community=community, place=place.name, **about)


def joined(series: Series, community: str, place: Place, coming: Chat | None) -> str:
    """Said to the host who let a weekly chat in."""
    said = _("{series} of {community} is held in {place} from now on.")
    told = said.format(series=series.title, community=community, place=place.name)
    if coming is None:
        return told
    then = _("It is on right now.") if coming.state.live else _("The next one is on {when}.")
    then = then.format(when=clockface.moment(coming.starts_at, coming.zone))
    return f"{told} {then}"


def place_joined(series: Series, place: Place, network: str, community: str) -> str:
    """Told to a weekly chat's hosts when a place joined."""
    return f"{series.title} is held in {_whose(place.name, community)} too, {network}: its host accepted."


def place_went(series: Series, place: Place, community: str) -> str:
    """Told to a weekly chat's hosts when a place left."""
    return f"{_whose(place.name, community)} has left {series.title}; it goes on in its other places."


def place_taken_out(series: Series, place: Place, community: str) -> str:
    """Told to a place's hosts when a weekly chat's own hosts took it out."""
    return f"{community} no longer holds {series.title} in {place.name}."


def muted(series: Series, place: Place) -> str:
    """Said when nothing is to be posted in a place any more."""
    said = _("{series} is muted in {place}: nothing of it is posted there until `series unmute`.")
    return said.format(series=series.title, place=place.name)


def unmuted(series: Series, place: Place) -> str:
    """Said when a place is posted in again."""
    return _("{series} is heard in {place} again.").format(series=series.title, place=place.name)


def leave_sure(series: Series, place: Place) -> str:
    """Ask before a place leaves."""
    said = _(
        "{place} leaves {series}, and needs a new code to come back. What was said here stays on its page; "
        "each person can still take their own words back."
    )
    return said.format(place=place.name, series=series.title)


def left_series(series: Series, place: Place) -> str:
    """Said when a place left."""
    said = _("{place} has left {series}; nothing said there belongs to it any more.")
    return said.format(place=place.name, series=series.title)


def unshare_sure(series: Series, place: Place, community: str) -> str:
    """Ask before a place is taken out."""
    said = _("{series} is no longer held in {place}, from now on. What was said there stays on your page.")
    return said.format(series=series.title, place=_whose(place.name, community))


def out_of_series(series: Series, place: Place) -> str:
    """Said to the host who took a place out."""
    return _("{series} is no longer held in {place}.").format(series=series.title, place=place.name)


def about_words_there(about: str, place: str, community: str) -> str:
    """Which words a reader reports, where they were said in a place that joined."""
    return f"{about}, said in {_whose(place, community)}"


def owners_lost(series: Series, community: str, *, paused: bool) -> str:
    """Told to hosts of a place that joined when the owners have no place left from which to steer."""
    lost = f"{community} has lost its last place of {series.title}"
    if paused:
        return f"{lost}, so it is paused here too; if nobody resumes it within a day, it ends."
    return f"{lost}, so it is not held here either until they have one again."


def not_held_tonight(place: Place, other: str) -> str:
    """Told to a chat's hosts when one of its places has another chat on."""
    return f"It is not held in {place.name} tonight: {other} is still on there."


def _whose(place: str, community: str) -> str:
    """A place with its community, where that is another one and they are not called the same."""
    said = _("{place} of {community}") if community not in ("", place) else "{place}"
    return said.format(place=place, community=community)

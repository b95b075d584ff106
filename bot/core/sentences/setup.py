"""What the bot says in a moderator's first ten minutes, of rooms and of houses."""

from collections.abc import Sequence
from dataclasses import replace

from bot.core.first_steps import NextStep
from bot.core.model import Chat, Offer, Question, Series, Visibility, offered
from bot.core.sentences.chat import name
from bot.core.times import clockface
from bot.core.tongue import _, marked

# --- Setting up ------------------------------------------------------------------------------

FIRST_WORDS = "Hello. `!edchat` is all you need."
SET_UP = marked("Set up")
WEEKLY_CHAT = marked("Weekly chat")
QUESTIONS = marked("Questions")
RELEASE, LET_BACK_IN = marked("Release"), marked("Let back in")
REHEARSE = marked("Rehearse")
ANNOUNCE = marked("Announce")
SETUP_ASKS = (
    "Three things, then you can begin: where the chat is held, who moderates beside you, "
    "and who may read it afterwards."
)
SETUP_ASKS_MORE = (
    "Chats will be held in {room}. Two things more, then you can begin: who moderates beside you, "
    "and who may read it afterwards."
)
SETUP_ONCE_MORE = "Still open: {what}."
SETUP_WHERE = "where the chat is held"
SETUP_READERS = "who may read it afterwards"
SETUP_HOSTS_ROOM = marked(
    "That is the hosts' room; choose the room where everybody comes, as in where=#edchat."
)
SETUP_OTHER_NETWORK = marked("That room is on another network; choose one of the rooms here.")
NO_ROOM_YET = "There is no room for everybody here yet; make one first, as in `room create edchat`."
HOSTS_MANY = marked("That is more than {most} names; please give them in several goes.")
HOSTS_ROLES = marked("One role can be that of the hosts; give one, and name others one by one.")
CALL_WHOM = marked("Which role shall announcements call? Choose one after typing @, or say none.")
HOSTS_ROLE_HERE = marked("There are no roles in rooms of this kind; name the hosts one by one.")
HOSTS_ROOM_LACKING = "There is no hosts' room yet, so nothing can be rehearsed or told to hosts alone."
HOSTS_ROOM_COMES = (
    "I am making a private thread for the hosts that you name; others are added by mentioning them there."
)
HOSTS_ROOM_HELLO = (
    "This is the hosts' room: what chats need from you is told here, and their panel stands here."
)
HOSTS_ROOM_NAME = "EdChat hosts"
HOSTS_ROOM_ELSEWHERE = marked("That room belongs to another community; choose one of the rooms here.")
HOSTS_ROOM_SHARED = marked(
    "A weekly chat is held there, so everybody would read along; choose another room for hosts."
)
ANNOUNCED_ALREADY = "It was announced already."
SAME_READERS = "Weekly chats made before keep their readers; `series edit readers=...` changes them."

NOT_PUBLIC = (
    "Not everybody in this server sees {room} with its history, so what is said there stands on no "
    "public page; whoever has the link may read it. "
    "Let @everyone view the channel and its history to change that."
)
HOST_NOT_MET = (
    "I cannot tell who {who} is; once somebody of that name wrote something here, "
    '`setup hosts="{again}"` makes them a host.'
)

WHO_READS = {
    "off": "Nobody reads the answers afterwards.",
    "members": "Members of this place can read the answers afterwards.",
    "link": "Whoever has the link can read the answers afterwards.",
    "public": "Everybody can read the answers afterwards.",
}
"""What hosts are told of each choice; participants are told the same of their own answers."""

_MISSING = {
    NextStep.WEEKLY_CHAT: "Missing: a weekly chat.",
    NextStep.NOTHING: "Nothing is missing: the next chat is announced, and runs by itself.",
}


def first_words() -> tuple[str, tuple[Offer, ...]]:
    """The first words in a hosts' room, with the first step."""
    return FIRST_WORDS, (set_up_offer(),)


def set_up_offer(line: str = "setup") -> Offer:
    """The form that asks where, who and for whom."""
    return Offer(_(SET_UP), line, form=True)


LIMITED = "Unless that was done already: {what}."


def limited(what: str) -> str:
    """What holds the bot up on a whole network, and what an administrator does about it."""
    return LIMITED.format(what=what)


def setup_asks(room: str | None, readers: Visibility | None, rooms: Sequence[str]) -> str:
    """Ask for what is not known yet, with all that may be chosen."""
    lines = [SETUP_ASKS if room is None else SETUP_ASKS_MORE.format(room=room)]
    lines += [f"Where: {', '.join(rooms)}." if rooms else NO_ROOM_YET] if room is None else []
    lines += [f"{choice}: {said}" for choice, said in WHO_READS.items()] if readers is None else []
    lacking = [*[SETUP_WHERE] * (room is None), *[SETUP_READERS] * (readers is None)]
    return "\n".join([*lines, SETUP_ONCE_MORE.format(what=" and ".join(lacking))])


def not_public(room: str) -> str:
    """Said when everybody may read, but not everybody in the server sees the channel."""
    return NOT_PUBLIC.format(room=room)


def hosts_room_now(name: str) -> str:
    """The answer to a choice of the hosts' room."""
    return f"From now on I speak with hosts in {name}; make sure that only they see it."


def ready(room: str, readers: Visibility) -> str:
    """What holds from now on."""
    return f"Ready: chats are held in {room}. {WHO_READS[readers]}"


def host_already(who: str) -> str:
    """Said of somebody who was a host before."""
    return f"{who} is a host already."


def host_now(who: str) -> str:
    """Said of somebody who is a host from now on."""
    return f"{who} is a host from now on."


def role_now(native_id: str) -> str:
    """Said of a role whose members are hosts from now on; the network shows its name."""
    return f"Whoever has the role <@&{native_id}> is a host from now on."


def host_by_link(who: str, link: str) -> str:
    """The link by which somebody becomes a host."""
    return f"For {who} alone, good once and for 7 days; whoever opens it is a host:\n  {link}"


def host_not_met(who: str) -> str:
    """Said of a name that nobody or several people have here."""
    return HOST_NOT_MET.format(who=who, again=who)


def missing_step(step: NextStep, chat: Chat | None, series: Series | None) -> str:
    """What is missing until people know of the next chat."""
    if chat is None or series is None or step in _MISSING:
        return _MISSING.get(step, _MISSING[NextStep.WEEKLY_CHAT])
    dated = f"{name(chat, series)} on {clockface.moment(chat.starts_at, chat.zone)}"
    asked = step is NextStep.QUESTIONS
    return f"Missing: the questions for {dated}." if asked else f"{dated} is not announced yet."


def step_offers(step: NextStep, chat: Chat | None, room: str) -> tuple[Offer, ...]:
    """The buttons that lead on; `room` is an option for the room that a weekly chat is to be held in."""
    if chat is None or step is NextStep.WEEKLY_CHAT:
        return (Offer(WEEKLY_CHAT, f"series create {room}".strip(), form=True),)
    questions, rehearse = questions_offer(chat), Offer(REHEARSE, f"chat rehearse chat={chat.id}")
    if step is NextStep.QUESTIONS:
        return (questions,)
    return (rehearse, *announce_offers(chat), questions)


def questions_offer(chat: Chat, label: str = QUESTIONS) -> Offer:
    """The form for a chat's topic and questions."""
    return Offer(label, f"chat plan chat={chat.id}", form=True)


def announce_offers(chat: Chat) -> tuple[Offer, ...]:
    """The button that announces a chat, or shows what was announced."""
    return (Offer(ANNOUNCE, f"chat announce chat={chat.id}"),)


def dates_offers(series: Series, first: Chat) -> tuple[Offer, ...]:
    """What a host says to the dates of a new weekly chat."""
    change = Offer("Change it", f"series edit {series.id}", form=True)
    slow = Offer("Over days instead", f"series pace series={series.id}", form=True)
    return questions_offer(first, marked("Yes, go on")), change, *(() if series.slow else (slow,))


def planned_offers(chat: Chat, series: Series, questions: Sequence[Question]) -> tuple[Offer, ...]:
    """What a host does with a fresh run sheet; each question's form holds its present words."""
    letter = series.letters.split("/")[0]
    edits = [_edit_offer(chat, q.position, f"{letter}{q.position}") for q in questions[:_MOST_EDITS]]
    return (Offer(_(REHEARSE), f"chat rehearse chat={chat.id}"), *announce_offers(chat), *edits)


def _edit_offer(chat: Chat, position: int, called: str) -> Offer:
    line = f"question edit {position} chat={chat.id}"
    return replace(offered("Edit {question}", line, question=called), form=True)


def announced(places: Sequence[str], text: str) -> str:
    """Said to the host who announced, with words to share."""
    return f"Announced in {', '.join(places)}. To share:\n{text}"


def announced_before(text: str) -> str:
    """Said to the host who announces once more."""
    return f"{ANNOUNCED_ALREADY} To share:\n{text}"


_MOST_EDITS = 10

# --- Rooms and houses ------------------------------------------------------------------------

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
NOBODY_IN = "Nobody has come in yet; `room link` gives the link that leads in."
NOT_A_HOST = "{name} is a host, and hosts are neither held nor banned."
NOT_A_MEMBER = marked("{name} never came in here.")
HELD_ALREADY = "{name} is held already."
NOT_HELD = "{name} is not held."
BANNED_ALREADY = "{name} is banned already."
NOT_BANNED = "{name} is not banned."
NO_SUCH_HELD = marked("No held words with that number wait here.")
LET_IN = marked("Everybody sees it now.")
HOUSE_LINK = "For the first host of {name}, good once and for 7 days:\n  {link}"
NO_SUCH_HOUSE = marked("There is no community called {said}; there are {names}.")


def room_made(room: str, address: str, link: str) -> str:
    """Said to the host who made a room."""
    return f"{room} is open at {address}\n{join_link(room, link)}"


def join_link(room: str, link: str) -> str:
    """The link that leads into a room."""
    return f"Whoever opens this link comes into {room} with a name:\n  {link}"


def new_join_link(room: str, link: str) -> str:
    """Said when a room got another link."""
    return f"The old link opens nothing any more. {join_link(room, link)}"


def people_in(names: Sequence[str], hosts: Sequence[str], held: Sequence[str], banned: Sequence[str]) -> str:
    """Who came in, by what they are."""
    parts = (("Hosts", hosts), ("In", names), ("Held", held), ("Banned", banned))
    return "\n".join(f"{what}: {', '.join(who)}." for what, who in parts if who) or NOBODY_IN


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
        return "Changed; its pages say so now."
    if keep_days == 0:
        return "Changed: chats are kept until somebody deletes them."
    return f"Changed: chats are erased {keep_days} days after they were held, those that are older tonight."

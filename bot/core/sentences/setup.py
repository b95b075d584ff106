"""What the bot says in a moderator's first ten minutes."""

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
REHEARSE = marked("Rehearse")
ANNOUNCE = marked("Announce")
SETUP_ASKS = marked(
    "Three things, then you can begin: where the chat is held, who moderates beside you, "
    "and who may read it afterwards."
)
SETUP_ASKS_MORE = marked(
    "Chats will be held in {room}. Two things more, then you can begin: who moderates beside you, "
    "and who may read it afterwards."
)
SETUP_ONCE_MORE = marked("Still open: {what}.")
SETUP_WHERE = marked("where the chat is held")
SETUP_READERS = marked("who may read it afterwards")
SETUP_HOSTS_ROOM = marked(
    "That is the hosts' room; choose the room where everybody comes, as in where=#edchat."
)
SETUP_OTHER_NETWORK = marked("That room is on another network; choose one of the rooms here.")
NO_ROOM_YET = marked("There is no room for everybody here yet; make one first, as in `room create edchat`.")
HOSTS_MANY = marked("That is more than {most} names; please give them in several goes.")
HOSTS_ROLES = marked("One role can be that of the hosts; give one, and name others one by one.")
CALL_WHOM = marked("Which role shall announcements call? Choose one after typing @, or say none.")
HOSTS_ROLE_HERE = marked("There are no roles in rooms of this kind; name the hosts one by one.")
HOSTS_ROOM_LACKING = marked(
    "There is no hosts' room yet, so nothing can be rehearsed or told to hosts alone."
)
HOSTS_ROOM_COMES = marked(
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
ANNOUNCED = marked("Announced in {places}. To share:\n{text}")
ANNOUNCED_BEFORE = marked("It was announced already. To share:\n{text}")
SAME_READERS = marked("Weekly chats made before keep their readers; `series edit readers=...` changes them.")

NOT_PUBLIC = marked(
    "Not everybody in this server sees {room} with its history, so what is said there stands on no "
    "public page; whoever has the link may read it. "
    "Let @everyone view the channel and its history to change that."
)
HOST_NOT_MET = marked(
    "I cannot tell who {who} is; once somebody of that name wrote something here, "
    '`setup hosts="{again}"` makes them a host.'
)

WHO_READS = {
    "off": marked("Nobody reads the answers afterwards."),
    "members": marked("Members of this place can read the answers afterwards."),
    "link": marked("Whoever has the link can read the answers afterwards."),
    "public": marked("Everybody can read the answers afterwards."),
}
"""What hosts are told of each choice; participants are told the same of their own answers."""

_MISSING = {
    NextStep.WEEKLY_CHAT: marked("Missing: a weekly chat."),
    NextStep.NOTHING: marked("Nothing is missing: the next chat is announced, and runs by itself."),
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
    lines = [_(SETUP_ASKS) if room is None else _(SETUP_ASKS_MORE).format(room=room)]
    where = _("Where: {rooms}.").format(rooms=", ".join(rooms)) if rooms else _(NO_ROOM_YET)
    lines += [where] if room is None else []
    lines += [f"{choice}: {_(said)}" for choice, said in WHO_READS.items()] if readers is None else []
    lacking = [*[_(SETUP_WHERE)] * (room is None), *[_(SETUP_READERS)] * (readers is None)]
    return "\n".join([*lines, _(SETUP_ONCE_MORE).format(what=_(" and ").join(lacking))])


def not_public(room: str) -> str:
    """Said when everybody may read, but not everybody in the server sees the channel."""
    return _(NOT_PUBLIC).format(room=room)


def hosts_room_now(name: str) -> str:
    """The answer to a choice of the hosts' room."""
    said = _("From now on I speak with hosts in {room}; make sure that only they see it.")
    return said.format(room=name)


def ready(room: str, readers: Visibility) -> str:
    """What holds from now on."""
    return _("Ready: chats are held in {room}. {readers}").format(room=room, readers=_(WHO_READS[readers]))


def host_already(who: str) -> str:
    """Said of somebody who was a host before."""
    return _("{name} is a host already.").format(name=who)


def host_now(who: str) -> str:
    """Said of somebody who is a host from now on."""
    return _("{name} is a host from now on.").format(name=who)


def role_now(native_id: str) -> str:
    """Said of a role whose members are hosts from now on; the network shows its name."""
    return _("Whoever has the role {role} is a host from now on.").format(role=f"<@&{native_id}>")


def host_by_link(who: str, link: str) -> str:
    """The link by which somebody becomes a host."""
    said = _("For {name} alone, good once and for 7 days; whoever opens it is a host:\n  {link}")
    return said.format(name=who, link=link)


def host_not_met(who: str) -> str:
    """Said of a name that nobody or several people have here."""
    return _(HOST_NOT_MET).format(who=who, again=who)


def missing_step(step: NextStep, chat: Chat | None, series: Series | None) -> str:
    """What is missing until people know of the next chat."""
    if chat is None or series is None or step in _MISSING:
        return _(_MISSING.get(step, _MISSING[NextStep.WEEKLY_CHAT]))
    when = clockface.moment(chat.starts_at, chat.zone)
    asked = _("Missing: the questions for {chat} on {when}.")
    said = asked if step is NextStep.QUESTIONS else _("{chat} on {when} is not announced yet.")
    return said.format(chat=name(chat, series), when=when)


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
    shown = [replace(offer, label=_(offer.label)) for offer in announce_offers(chat)]
    return (Offer(_(REHEARSE), f"chat rehearse chat={chat.id}"), *shown, *edits)


def _edit_offer(chat: Chat, position: int, called: str) -> Offer:
    line = f"question edit {position} chat={chat.id}"
    return replace(offered("Edit {question}", line, question=called), form=True)


_MOST_EDITS = 10

"""What the bot says of answers, hosts and people's own words, and on the card."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.core.model import Chat, Offer, Question, Series, Visibility, offered
from bot.core.sentences.chat import READERS, headed, letter, name
from bot.core.sentences.slow import chat_clock
from bot.core.times import clockface
from bot.core.tongue import _, marked, ngettext

FILE_IT = "{question} · {name}: {said}"
"""The button that files a message, for which there are no words but its own."""

# --- Answers ---------------------------------------------------------------------------------

ANSWER_EMPTY = marked(
    "There is no answer in that yet; write it after the number, as in `answer 2 We start with a story`."
)
ANSWER_LONG = marked(
    "That is {length} characters long; an answer has at most {limit}, so please give it in two."
)
ANSWER_CLOSED = marked("That chat takes no more answers; `chat now` says which one does.")
ANSWER_WITHOUT_YOU = marked(
    "You asked that nothing of yours be kept; `privacy include` first, then answer again."
)
MESSAGE_UNKNOWN = marked(
    "I find no message {said} in that chat; `answers unanswered` shows numbers to use, as in m123."
)
SEALED = marked("That chat is sealed: its answers stay where they are.")
HIDDEN = marked("Readers no longer see that message.")
SHOWN_AGAIN = marked("Readers see that message again.")
SHOW_LEFT_OUT = marked("Its writer asked to be left out, so it stays hidden.")
PICKED = marked("Picked as one of the good bits.")
UNPICKED = marked("No longer picked.")
NOTHING_ASKED_YET = marked("No question is out yet, so nobody is missing.")
UNDO = marked("Undo")
WHO_IS_MISSING = marked("Who is missing?")
_MOST_NAMES = 20
_WORDS = 40


def filed_under(series: Series, question: Question) -> str:
    """Said when an answer is filed."""
    return _("Filed under {question}.").format(question=_number(series, question))


def held_until_asked(series: Series, question: Question) -> str:
    """Said when an answer came before its question."""
    said = _("{question} is not asked yet; I keep your answer and file it as soon as it is.")
    return said.format(question=_number(series, question))


def not_asked(series: Series, question: Question) -> str:
    """The refusal to file something under a question that was not asked."""
    return _("{question} was not asked; choose one that was.").format(question=_number(series, question))


def moved_answer(series: Series, question: Question, text: str) -> str:
    """Said when a host files a message."""
    said = _("Filed under {question}: {said}")
    return said.format(question=_number(series, question), said=_quoted(text))


def file_offer(series: Series, question: Question, who: str, text: str, line: str) -> Offer:
    """The button that files one message, in the words of whoever wrote it."""
    held = {"question": _number(series, question), "name": brief(who), "said": _quoted(text)}
    return offered(FILE_IT, line, **held)


def brief(who: str) -> str:
    """A name cut for a button."""
    return who[:20].strip()


def missing(series: Series, question: Question, names: Sequence[str]) -> str:
    """Who spoke and has no answer to the present question, by name."""
    everybody = _("Everybody who spoke has answered {question}.")
    said = _("Spoke, without an answer to {question}: {names}.") if names else everybody
    return said.format(question=_number(series, question), names=_names(names))


def unsorted(count: int, offered: int) -> str:
    """How much is filed nowhere, and that some of it may be answers."""
    if not count:
        return _("Every message is filed.")
    some = ngettext(
        "{count} message is filed under no question; these may be answers:",
        "{count} messages are filed under no question; these may be answers:",
        count,
    )
    none = ngettext(
        "{count} message is filed under no question, and none looks like an answer.",
        "{count} messages are filed under no question, and none looks like an answer.",
        count,
    )
    return (some if offered else none).format(count=count)


def panel_at_end(
    chat: Chat,
    series: Series,
    answers: Mapping[int, int],
    quiet: Sequence[str],
    new: Sequence[str],
    page: str = "",
) -> str:
    """What hosts are told when a chat ends; `answers` are counts by number, `page` is what they may share."""
    lines = [f"{name(chat, series)} is over."]
    q = letter(series, 0)
    if answers:
        lines.append(
            "Answers: " + ", ".join(f"{q}{number}: {count}" for number, count in answers.items()) + "."
        )
    if quiet:
        lines.append(f"Spoke, but answered nothing yet: {_names(quiet)}.")
    if new:
        lines.append(f"Here for the first time: {_names(new)}.")
    return "\n".join([*lines, *_to_share(chat, series, page)])


def _to_share(chat: Chat, series: Series, page: str) -> list[str]:
    return [f"To share: That was {headed(chat, series)}. Read it: {page}"] if page else []


# --- Hosts -----------------------------------------------------------------------------------

HANDOVER_SELF = marked("You have this chat already; name somebody else, as in `host handover @Ana`.")


GUESTS_OWN_CHAT = marked(
    "You are guest host of one chat: you may move it or leave out its day, where no other chat is touched. "
    "Ask a host of the community for more."
)
POST_GONE = "What this was about was taken back."


def invited(person: str, chat: Chat, series: Series) -> str:
    """Said when somebody becomes guest host."""
    said = _("{person} may now steer {chat} as guest host, and no other chat.")
    return said.format(person=person, chat=_dated(chat, series))


def handed_over(person: str, chat: Chat, series: Series) -> str:
    """Said to the one who hands a chat over."""
    said = _("{person} now leads {chat}, and the room is told.")
    return said.format(person=person, chat=_dated(chat, series))


def new_lead(person: str, chat: Chat, series: Series) -> str:
    """Said in the room when somebody else leads."""
    return f"{person} leads {name(chat, series)} from here."


# --- One's own words -------------------------------------------------------------------------

NAME_TAKEN = marked(
    "That name belongs to somebody here, or looks like one that does; choose another, as in Reader 12."
)
NAME_LONG = marked("A name has at most {limit} characters; please choose a shorter one.")
READER = "Reader {number}"
NAME_OWN = marked("Readers see your own name again.")
EXCLUDED = marked(
    "From now on nothing of yours is kept, and what you said before is hidden from readers; "
    "`privacy forget` erases it, `privacy include` lets you back in."
)
INCLUDED = marked("From now on your words are kept again; what you said before stays as it was.")
INCLUDED_ALREADY = marked("Your words are kept already; `privacy show` tells how many.")
FORGET_SURE = marked("This erases {count} of yours here and your name, and cannot be undone. Are you sure?")
SPOKEN_FOR_TOO = marked(
    "What a webhook said for you, as PluralKit or a bridge does, stands under the name it gave you: tell a "
    "host that name, and they erase it with `answers forget`."
)
SOMEBODY = marked("somebody")
FORGET_YES = marked("Yes, forget me")
FORGOTTEN = marked(
    "Erased on {when}: {count} of yours, with earlier versions, and your name. "
    "Nothing more is kept until you say `privacy include`."
)


def forgotten(messages: int, at: datetime, zone: str) -> str:
    """Said when somebody's words are erased."""
    return _(FORGOTTEN).format(when=clockface.moment(at, zone), count=counted(messages, "message"))


KEPT_NOTHING = marked("Nothing you said is kept here.")
KEPT_OUT = marked(
    "You asked to be left out: nothing new is kept, and what you said before is hidden from readers."
)
KEPT_FORGOTTEN = marked("You asked to be forgotten: nothing new is kept.")
MY_WORDS = marked("My words")
LEAVE_ME_OUT = marked("Leave me out")
LET_ME_IN = marked("Let me back in")
GIVE_ME_ALL = marked("Give me all of it")
FORGET_ME = marked("Forget me")


def named(pseudonym: str) -> str:
    """Said when somebody takes a pseudonym."""
    said = _("Readers now see you as {name}; `privacy name` alone brings your own name back.")
    return said.format(name=pseudonym)


def kept(messages: int, answers: int, chats: int) -> str:
    """How much is kept of somebody."""
    if not messages:
        return _(KEPT_NOTHING)
    said = _("Kept of you here: {messages} in {chats}, {answers} among them.")
    return said.format(
        messages=counted(messages, "message"),
        chats=counted(chats, "chat"),
        answers=counted(answers, "answer"),
    )


def seen_as(shown: str) -> str:
    """The name that readers see."""
    return _("Readers see you as {name}.").format(name=shown)


def readers(visibilities: Sequence[Visibility]) -> str:
    """Who may read afterwards; the most open weekly chat here decides."""
    openness = [Visibility.OFF, Visibility.MEMBERS, Visibility.LINK, Visibility.PUBLIC]
    return _(READERS[max(visibilities, key=openness.index, default=Visibility.OFF).value])


def counted(count: int, thing: str) -> str:
    """So many things, as in "1 chat" or "3 chats"."""
    return f"{count} {ngettext(thing, f'{thing}s', count)}"


# --- The card --------------------------------------------------------------------------------

CARD_NOTHING = marked("No chat is on or coming up here.")
CARD_NO_SERIES = marked(
    "There is no weekly chat here yet; `series create` makes one, and `help series` shows how."
)
CARD_HELP = marked("`help` shows all that you can do here.")
CARD_UNPLANNED = marked(
    "Nobody has planned it yet; `chat plan` takes a topic and the questions, one a line below."
)
CARD_PAUSED = marked("It is paused just now.")
CATCH_UP = marked("Catch up")
NEXT_QUESTION = marked("Next question")
PAUSE = marked("Pause")
RESUME = marked("Resume")
RUN_SHEET = marked("Run sheet")
START_NOW = marked("Start now")


def card_live(chat: Chat, series: Series, current: Question | None, count: int) -> str:
    """A chat in its hour, and the question that is out."""
    called, until = name(chat, series), chat_clock(chat, chat.ends_at)
    if current is None:
        said = _("{chat} is on until {until}; the first question comes soon.")
        return said.format(chat=called, until=until)
    said = _(
        "{chat} is on until {until}. {question} of {count} is out: {text}\n"
        "To answer, use `answer {number} your words`, write in its thread, or begin with {label}:"
    )
    number, text = current.position, current.text
    about = {"question": _number(series, current), "label": f"{letter(series, 1)}{number}"}
    return said.format(chat=called, until=until, count=count, text=text, number=number, **about)


def card_next(chat: Chat, series: Series) -> str:
    """The chat that comes next."""
    return _("Next: {chat}.").format(chat=_dated(chat, series))


def card_late(chat: Chat, series: Series) -> str:
    """A chat that still takes late answers."""
    said = _("Late answers to {chat} still count; give one with `answer 1 your words`.")
    return said.format(chat=name(chat, series))


def _dated(chat: Chat, series: Series) -> str:
    when = clockface.moment(chat.starts_at, chat.zone)
    return _("{chat} on {when}").format(chat=name(chat, series), when=when)


def _number(series: Series, question: Question) -> str:
    return f"{letter(series, 0)}{question.position}"


def _names(names: Sequence[str]) -> str:
    """Names as given, at most twenty of them."""
    rest, some = len(names) - _MOST_NAMES, ", ".join(names[:_MOST_NAMES])
    more = ngettext("{names} and {count} other", "{names} and {count} others", rest)
    return more.format(names=some, count=rest) if rest > 0 else some


def _quoted(text: str) -> str:
    line = " ".join(text.split())
    return f"“{line if len(line) <= _WORDS else line[: _WORDS - 1] + '…'}”"

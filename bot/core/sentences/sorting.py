"""What hosts are told when they sort what was said: taken out, erased, and as it was again."""

from collections.abc import Sequence

from bot.core.model import Offer, Question, Series
from bot.core.sentences.chat import letter
from bot.core.tongue import Words, _, filled, marked, ngettext

NOTHING_TO_UNDO = marked("There is nothing of yours to take back in that chat, or somebody changed it since.")
COMMENT_AGAIN = marked("it is a comment again")
CONVERSATION_AGAIN = marked("it is conversation again")
HIDDEN_AGAIN = marked("readers do not see it")
SEEN_AGAIN = marked("readers see it again")
PICKED_AGAIN = marked("it is one of the good bits again")
PICKED_NO_MORE = marked("it is not picked")
_WAITS_AGAIN = marked("what was reported of it waits again")
_AS_IT_WAS = marked("it is as it was")
DELETE_YES = marked("Yes, erase it")
FORGET_NAME_YES = marked("Yes, erase all of it")
NOBODY_SPOKEN_FOR = marked(
    "No webhook said anything here as {name}. Whoever writes for themselves erases their own words with "
    "`privacy forget`; a single message goes with `answers delete`."
)
_WORDS = 40


def unfiled(text: str) -> str:
    """Said when a message was taken out from under its question."""
    return _("Left with the conversation: {words}").format(words=quoted(text))


def delete_sure(text: str) -> str:
    """Ask before a message is erased."""
    said = _(
        "Erase {words} for good? It goes from copies of the database, too, and nobody can bring it back; "
        "hiding it can be undone."
    )
    return said.format(words=quoted(text))


def forget_name_sure(name: str, messages: int) -> str:
    """Ask before all goes that a webhook said for somebody."""
    said = ngettext(
        "This erases {count} message that a webhook said here as {name}, and the name; nothing more said so "
        "is kept. Do it when whoever is behind it asks you to; nobody can bring it back.",
        "This erases {count} messages that a webhook said here as {name}, and the name; nothing more said so "
        "is kept. Do it when whoever is behind it asks you to; nobody can bring it back.",
        messages,
    )
    return said.format(count=messages, name=name)


def forget_name_offers(name: str, most: int) -> tuple[Offer, ...]:
    """What erases it; a name beyond the `most` that a button carries is written again."""
    line = f'answers forget name="{name}" sure=yes'
    fits = len(line) <= most and not set('"“”„‟＂').intersection(name)
    again = Offer(FORGET_NAME_YES, "answers forget sure=yes", form=True)
    return (Offer(FORGET_NAME_YES, line) if fits else again,)


def name_forgotten(name: str, messages: int) -> str:
    """Said when it is gone; on the network itself it stands until it is deleted there."""
    said = ngettext(
        "Erased: {count} message said as {name}. What still stands in the channel, please delete there too.",
        "Erased: {count} messages said as {name}. What still stands in the channel, please delete there too.",
        messages,
    )
    return said.format(count=messages, name=name)


def deleted(network: str) -> str:
    """Said when a message was erased; on another network it stands on until it is deleted there."""
    there = _("It is erased for good. On {network} it still stands; please delete it there too.")
    return there.format(network=network) if network else _("It is erased for good.")


def under_again(series: Series, questions: Sequence[Question]) -> str:
    """Where a message is again."""
    labels = [f"{letter(series, 0)}{one.position}" for one in questions]
    return _("it is under {questions} again").format(questions=_(" and ").join(labels))


def undone(text: str, words: Sequence[Words], *, waits: bool) -> str:
    """Said when something was taken back; reports may wait again."""
    told = [*words, *[_WAITS_AGAIN] * waits] or [_AS_IT_WAS]
    said = _("Taken back: {words}; {what}.")
    return said.format(words=quoted(text), what=", ".join(filled(one, {}) for one in told))


def quoted(text: str) -> str:
    """The beginning of a message."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= _WORDS else line[: _WORDS - 1] + '…'}”"

"""What the bot says of commands: refusals, what may have been meant, and help."""

from collections.abc import Sequence

from bot.core.model import Chat, Series
from bot.core.sentences import listed
from bot.core.times import clockface
from bot.core.tongue import _, marked

THAT_WORD = marked("that word")
LINE_LONG = marked(
    "A line of a command has at most {limit} characters; please shorten it or use several lines."
)
LINES_MANY = marked("A command has at most {limit} lines; please send it in parts.")
LINES_EXTRA = marked("This command takes one line only; leave out what stands below it.")
WORD_EXTRA = marked("I do not know what to do with {word}.")
GIVEN_TWICE = marked("You gave {name} twice; give it once.")
OPTION_UNKNOWN = marked("There is no option {word} here.")
OPTION_SPACES = marked("What has spaces needs quotes: write {name}={whole}.")
OPTION_EMPTY = marked("Something is missing after --{name}.")
MISSING = marked("I still need {name}: {help}.")
LINES_NONE = marked("write one a line below the command")
NUMBER_BAD = marked("{said} is not a whole number; write one like {example}.")
NUMBER_RANGE = marked("{number} does not fit; write a whole number from {low} to {high}.")
YES_OR_NO = marked("{said} is neither yes nor no; write yes or no.")
CHOICE_BAD = marked("{said} is none of the choices; write {choices}.")
NO_SUCH_CHAT = marked("There is no chat {number} here; name it by its date, as in chat=2026-11-24, or next.")
NO_CHAT_ON = marked("There is no chat here on {day}; name it by another date, or next.")
NO_QUESTIONS = marked("That chat has no questions yet; a host adds them with `chat plan`.")
NO_SUCH_QUESTION = marked("There is no question {said}; write a number from 1 to {most}, as in 1.")
NO_SUCH_SERIES = marked("There is no weekly chat called {said} here; write its title, #hashtag or number.")
NO_SERIES = marked("There is no weekly chat here yet; a host makes one with `series create`.")
NO_SUCH_PERSON = marked("I have not met {said} here; write the name as it is shown, as in @Ana.")
NO_SUCH_PLACE = marked("There is no place called {said} here; write its name, as in #edchat, or here.")

NO_CHAT = {
    "live": marked("No chat is on or coming up here; a host makes one with `series create` and `chat plan`."),
    "ahead": marked("No chat is coming up here; a host makes one with `series create`."),
    "unplanned": marked(
        "No chat is coming up here that could be planned; a host makes one with `series create`."
    ),
    "recent": marked("No chat here takes answers just now; `chat now` says when the next one is."),
}
"""What is said where no chat is found, and how to get one."""

_FOR = ("", marked("This is for hosts."), marked("This is for whoever hosts the bot."))
"""Who may use a command, by its role."""

OF_PARAMETER = marked("{name}: {reason}")
DID_YOU_MEAN = marked("{sentence} Did you mean {names}?")
HOW_IT_GOES = marked("{sentence}\nIt goes like this: {usage}\nFor example: {example}")
HELP_EXAMPLE = marked("For example: {example}")
HELP_HEAD = marked("What you can do here; `help chat plan` tells more about one of them.")


def which_one(names: Sequence[str]) -> str:
    """Ask which of several things is meant."""
    return _("Which one do you mean: {names}?").format(names=listed(names, "or"))


def chat_listed(chat: Chat, series: Series) -> str:
    """A chat in a list to choose from."""
    return f"{clockface.moment(chat.starts_at, chat.zone)}: {chat.topic or series.title}"


def did_you_mean(sentence: str, near: Sequence[str]) -> str:
    """Add to a refusal what may have been meant."""
    return _(DID_YOU_MEAN).format(sentence=sentence, names=listed([f"`{name}`" for name in near], "or"))


def unknown_command(said: str, near: Sequence[str]) -> str:
    """Say that there is no such command, and which is nearest."""
    if near:
        return did_you_mean(_("I know no command {said}.").format(said=said), near)
    return _("I know no command {said}; `help` shows what you can do.").format(said=said)


def help_line(usage: str, what: str) -> str:
    """One command in a list of several."""
    return f"{usage} - {_(what)}"


def help_param(name: str, what: str, optional: bool) -> str:
    """One parameter in the help of its command."""
    said = _("{name}: {what} (if you like)") if optional else "{name}: {what}"
    return said.format(name=name, what=_(what))


def help_page(usage: str, what: str, params: Sequence[str], example: str, tail: Sequence[str]) -> str:
    """All that help says of one command."""
    return "\n".join((usage, _(what), *params, _(HELP_EXAMPLE).format(example=example), *tail))


def help_tail(role: int, destructive: bool) -> list[str]:
    """Who may use a command, and whether it can be undone."""
    rest = [_(_FOR[role])] if role else []
    return [*rest, _("This cannot be undone.")] if destructive else rest


def lines_below(name: str) -> str:
    """Where a usage line shows lines of text."""
    return _("lines below: {name}").format(name=name)

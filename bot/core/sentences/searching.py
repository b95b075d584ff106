"""What is said of searching: why something cannot be looked for, and what was found."""

from collections.abc import Iterable

from bot.core.tongue import _, marked

SEARCH_NO_LETTERS = marked("There is no letter and no digit in that, so nothing can be looked for.")
SEARCH_NO_VALUE = marked("Write right behind {prefix}: what it is to be, as in {example}.")
SEARCH_DATE = marked(
    "{prefix}: takes a day, a month or a year, as in {prefix}:2026-11-17, {prefix}:2026-11 or {prefix}:2026."
)
SEARCH_NUMBER = marked("q: takes the number of a question, as in q:3.")
SEARCH_MONTH = marked("A month is written as 2026-11.")
SEARCH_NO_SERIES = marked("There is no weekly chat called “{said}” here that you may read.")
SEARCH_NO_PERSON = marked("Nobody whom you may read here is called “{said}”.")
SEARCH_MINE = marked(
    "Who you are is known only when you are signed in; `archive link` in the chat gives you a way in."
)
SEARCH_NOTHING = marked("Nothing was found; a shorter beginning of a word finds more.")
SEARCH_CUT = marked("That is long: only its first {letters} letters and {words} words were looked for.")
SEARCH_WHAT = marked(
    "Write what to look for, as in `archive search homework`; words match by their beginning,"
    ' "several words" as they stand.'
)
SEARCH_OLDER = marked("There is more in older chats; more words, or series:, after: and before:, find it.")
SEARCH_ALL = marked("Everything that was found, as a page: {url}")


def found_in(title: str, day: str, lines: Iterable[str], url: str) -> str:
    """What was found in one chat."""
    return "\n".join([f"**{title}**, {day}" + (f" <{url}>" if url else ""), *lines])


def found_line(whose: str, words: str, url: str) -> str:
    """One thing that was found: whose it is, its words, and where it stands."""
    return f"- {whose}: {words}" + (f" <{url}>" if url else "")


def whose(question: bool, number: str, name: str) -> str:
    """Whose words these are: a question's, somebody's, or those by which a chat is called."""
    if question:
        return _("Question {number}").format(number=number)
    return ", ".join(filter(None, (name, number))) or _("Topic")

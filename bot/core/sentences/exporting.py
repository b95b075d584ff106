"""What is said about exports and imports to the person who hosts the bot."""

from collections.abc import Sequence

EXPORT_WHERE = "Say into which folder to write, as in edchat export site archive."
EXPORT_FILE = "Say which new file to write, as in edchat export data all.zip."
EXPORT_CHAT = "Say which weekly chat and which day, as in edchat export chat inquirychat 2026-11-17."
IMPORT_WHAT = "Say which bundle to bring in, as in edchat import all.zip."

NO_FOLDER_THERE = "{folder} is no folder of its own; name a new one."
FOLDER_IN_USE = "{folder} holds something else than an earlier export; name a new or an empty folder."
FOLDER_OLDER = (
    "{folder} holds an export that does not say which files are its own, and {name} is in none of today's; "
    "move away what is yours, or name a new folder."
)
FOLDER_CLASH = "{name} in {folder} is not of the export, which writes one of that name; move it away first."
NOTHING_PUBLIC = "There is nothing that everybody may read; only that is exported as a site."
FORMAT_UNKNOWN = "There is no format {named!r}; choose md, json, csv or html."
READERS_UNKNOWN = "There are no readers {named!r}; choose public, members or hosts."
NO_SERIES_TO_EXPORT = "There is no weekly chat {named!r} here; there are: {there}."
TWO_SERIES = "There are several weekly chats {named!r}; add --community."
NO_CHAT_TO_EXPORT = (
    "{series} has no chat on {day!r} that these readers may read; write its day like 2026-11-17."
)
NO_SITE_SEARCH = "The search of the exported site could not be made: {reason}"

BUNDLE_BROKEN = "{file} is no bundle of edchat, or it is damaged; nothing was changed."
BUNDLE_CHANGED = (
    "{member} in {file} is not what was exported: somebody or something changed it. Nothing was changed here."
)
BUNDLE_NEWER = (
    "{file} was made by a newer version of edchat; bring this one up to date first. Nothing was changed."
)
BUNDLE_HUGE = "{file} holds far more than a bundle of its size can; nothing was changed."
BUNDLE_ROW = "{member} in {file} has a line that no export writes (line {line}); nothing was changed."
BUNDLE_EMPTY = "{file} holds no community; nothing was changed."
ADDRESS_ODD = "{said} is no word for addresses; write small letters, digits and hyphens. Nothing was changed."
ADDRESS_OF_NOBODY = "No community of the bundle is at the address {slug!r}; nothing was changed."
ADDRESS_WHOSE = (
    "The bundle holds several communities; say whose address is meant, as in --address staff=staffroom. "
    "Nothing was changed."
)
ADDRESS_TWICE = "Say once at which address a community comes in; nothing was changed."
CLASH_SERVER = "{name} belongs to a community here already; nothing was changed."
CLASH_PLACE = "The room {name} belongs to a community here already; nothing was changed."
CLASH_WORDS = "Some of what this bundle holds is here already; nothing was changed."
ERASED_SINCE = "{name} was erased here after this bundle was made, and stays erased; nothing was changed."


def site_written(folder: str, pages: int, files: int) -> str:
    """Say where an exported archive lies."""
    many = f"{_many(pages, 'page')}, {_many(files, 'file')}"
    return f"Written to {folder}: {many}. Open {folder}/index.html."


def bundle_written(file: str, chats: int, messages: int, apart: Sequence[str] = ()) -> str:
    """Say what a bundle holds, and whose words are not with its chats."""
    written = f"Written to {file}: {_many(chats, 'chat')}, {_many(messages, 'message')}."
    if not apart:
        return written
    if len(apart) == 1:
        return f"{written} What was said in {apart[0]} stays with that place's own community."
    more = _many(len(apart) - 1, "more place")
    return f"{written} What was said in {apart[0]} and {more} stays with the communities of these places."


def clash_community(slug: str, was: str, *, only: bool) -> str:
    """Say that an address is taken, and how to choose another one."""
    choose = f"--address {'' if only else f'{was}='}{slug}-2"
    return (
        f"There is a community at the address {slug!r} here already, and nothing was changed; "
        f"bring this one in at another with {choose}."
    )


def brought_in(names: list[str], chats: int, messages: int, again: int, renamed: dict[str, str]) -> str:
    """Say what was imported, what was forgotten again, and which rooms have another address."""
    held = f"{_many(chats, 'chat')} and {_many(messages, 'message')}"
    words = [f"Brought in: {', '.join(names)}, with {held}."]
    if again:
        words.append(f"Forgotten again, as noted here: {again:,}.")
    words += [f"The room {was} is at {now} here." for was, now in renamed.items()]
    return " ".join(words)


def _many(count: int, thing: str) -> str:
    return f"{count:,} {thing}{'' if count == 1 else 's'}"

"""Every sentence the bot says to people, so that tone and language have one home."""

from collections.abc import Sequence

from bot.core.sentences.archive import *
from bot.core.sentences.chat import *
from bot.core.sentences.chat_hosts import *
from bot.core.sentences.chat_refusals import *
from bot.core.sentences.demo import *
from bot.core.sentences.door import *
from bot.core.sentences.health import *
from bot.core.sentences.host import *
from bot.core.sentences.host_care import *
from bot.core.sentences.houses import *
from bot.core.sentences.people import *
from bot.core.sentences.planning import *
from bot.core.sentences.reminders import *
from bot.core.sentences.setup import *
from bot.core.sentences.slow import *
from bot.core.sentences.standing import *
from bot.core.sentences.status import *
from bot.core.sentences.steering import *
from bot.core.sentences.sure import *
from bot.core.times.clockface import MONTHS as MONTHS
from bot.core.times.clockface import WEEKDAYS as WEEKDAYS
from bot.core.times.clockface import clock_words as clock_words
from bot.core.times.clockface import date_words as date_words
from bot.core.times.clockface import day_words as day_words
from bot.core.times.clockface import weekday_words as weekday_words
from bot.core.tongue import _, marked, ngettext

# --- Time, zones and recurrences -------------------------------------------------------------

TEXT_NUL = marked("That text holds a NUL character; please type it again.")
TEXT_LONG = marked("That is {length} characters long; {limit} are the most here.")
TITLE_EMPTY = marked("A title needs at least one visible character.")

TIME_BAD = marked("I cannot read {said!r} as a time of day; write it like 8 pm, 7:30 pm or 19:30.")
TIME_BARE = marked("Is {said} in the morning or the evening? Write {hour}:00 or {evening}:00.")
TIME_24 = marked("24:00 belongs to two days; use 00:00 and the next day.")
TIME_MIDNIGHT = marked("Midnight belongs to two days; write 00:00 for a day's start or 23:59 for its end.")
TIME_MISSING = marked("At what time? Write it like 8 pm or 19:30.")
TIME_TWO = marked("I see two times there; give one, and add another slot for the other.")

DATE_BAD = marked("I cannot read {said!r} as a date; write it like 2026-12-01, 1 Dec 2026 or tomorrow.")
DATE_NONE = marked("There is no such day as {said}.")
DATE_ORDER = marked("{said} can be read in two ways; write {one} or {other}.")
DATE_WEEKDAY = marked("{day} is a {weekday}; please check the date.")
DATE_PAST = marked("{day} is in the past; choose a coming day and time.")
DATE_FAR = marked("{day} is too far ahead; choose a start within two years.")

ZONE_ASK = marked("Which time zone? Name a city, such as New York or Europe/London.")
ZONE_UNKNOWN = marked("I know no time zone called {said!r}; name a city, such as New York or Europe/London.")
ZONE_NEAR = marked("I know no time zone called {said!r}; did you mean {names}?")
ZONE_FIXED = marked("{said} stands still when summer time begins; write {names} instead.")
ZONE_MANY = marked("{said} means several places; write {names}.")
ZONE_OFFSET = marked("{said!r} is an offset, not a place; write a place such as {names}.")
ZONE_TAKEN = marked("{said} taken as {name}.")
ZONE_ETC = marked("{name} means {offset} all year, without summer time.")
ZONE_GONE = marked("The time zone {name!r} is no longer known here; choose a city, such as Europe/London.")

RULE_BAD = marked(
    "I cannot read {said!r} as a weekly chat; write it like every Tuesday 8 pm, "
    "every 2 weeks on Thu 19:00, 1st and 3rd Thursday 21:00 or weekdays 05:30."
)
RULE_CRON = marked("Crontab lines are not read here; write it like every Tuesday 8 pm.")
RULE_OFTEN = marked("A chat comes at most once a day; write it like weekdays 05:30.")
RULE_NO_DAY = marked("On which day? Write it like every Tuesday 8 pm.")
RULE_WHICH = marked(
    "Is that every {number} weeks on {day}, or the {nth} {day} of the month? Write one of these."
)
RULE_INTERVAL = marked("Every {number} {unit} is not possible; choose 1 to {most}.")
RULE_TWICE = marked("{part} stands there twice; give it once.")
RULE_PART = marked("The rule part {part!r} is not used here; a rule has FREQ, INTERVAL, BYDAY and the like.")
RULE_VALUE = marked("{part}={value} does not fit this rule; please change it.")
RULE_START = marked("A rule needs its start; add DTSTART, as in DTSTART:20261201T200000.")
RULE_NEVER = marked("That rule never gives a date; please change it.")

EVERY = marked("every {what}")
EVERY_DAYS = marked("every {number} days")
EVERY_WEEKS = marked("every {number} weeks on {days}")
ON_THE = marked("on the {days} of every month")
ON_THE_OF = marked("on the {days} of every {number} months")
ON_THE_YEARLY = marked("on the {days} of {months} every year")
EVERY_OF = marked("{days}, every {number} months")
ONLY_IN = marked(", only in {months}")
ONCE = marked("once, on {day}")
UNTIL = marked(", until {day}")
TIMES = marked(", {number} times")
EXCEPT = marked(", except {days}")
WHEN = marked("{days}, {clock} {zone}")
THROUGH = marked("{first} to {last}")
WEEKDAY = marked("weekday")
DAY = marked("day")

NOTE_SKIPPED = marked("Months without a {what} are skipped.")
NOTE_GAP = marked("The clocks go forward on {day}: {clock} does not exist, so that chat starts at {starts}.")
NOTE_OVERLAP = marked("The clocks go back on {day}: {clock} comes twice, and the chat starts at the first.")

MINUTES_BAD = marked("I cannot read {said!r} as a duration; write it like 8 min, 1 h 30 or 90 minutes.")
MINUTES_LOW = marked("That is too short; {low} is the least.")
MINUTES_HIGH = marked("That is too long; {high} is the most.")


def minutes_words(minutes: int) -> str:
    """A duration, as in 8 min, 1 h 30 min or 14 days."""
    if minutes and minutes % 1440 == 0:
        return f"{minutes // 1440} {ngettext('day', 'days', minutes // 1440)}"
    hours, rest = divmod(minutes, 60)
    return " ".join([f"{hours} h"] * bool(hours) + [f"{rest} min"] * bool(rest or not hours))


_NTH = marked("{number}th"), marked("{number}st"), marked("{number}nd"), marked("{number}rd")


def nth_words(number: int) -> str:
    """A place in a row, as in 1st, 22nd, last or 2nd last."""
    if number < 0:
        return _("last") if number == -1 else _("{nth} last").format(nth=nth_words(-number))
    teen = 10 < number % 100 < 14
    return _(_NTH[0 if teen or number % 10 > 3 else number % 10]).format(number=number)


def listed(words: Sequence[str], joined: str = "and") -> str:
    """Things in a row, as in a, b and c."""
    between = {"and": _(" and "), "or": _(" or ")}.get(joined, f" {joined} ")
    return between.join([", ".join(words[:-1])] * (len(words) > 1) + list(words[-1:]))


# --- Labels ----------------------------------------------------------------------------------

LETTERS_BAD = marked(
    "I cannot read {said!r} as letters; write two single letters with a slash between, as in Q/A."
)
LABEL_HEAD = "The message begins with the label {label}."
LABEL_OWN_LINE = "A later line of the message begins with the label {label}."
LABEL_LEAD = "The message leads up to the label {label}."
LABEL_TRAILING = "The label {label} stands among the closing hashtags and links."
LABEL_CORRECTION = "It gives the writer's previous message the label {label}, and is itself conversation."
LABEL_NONE = "No label heads a line or closes the message; its thread, or what it replies to, decides."
LABEL_QUOTED = "Its label stands in a quoted line, and those are somebody else's words."
LABEL_OUTSIDE = "Its label names no question of this chat, which has {questions}."
QUESTION_ASKED = "A moderator's message with the label {label} asks that question."
QUESTION_TEASED = "A moderator says that {label} is coming; nothing is asked yet."
QUESTION_SPOKEN_OF = "A moderator speaks of {label} here, but does not ask it."

# --- Commands --------------------------------------------------------------------------------

ONLY_HOSTS = marked("Only a host of this chat can do that; ask one of the moderators.")
ONLY_OWNER = marked("Only whoever hosts the bot can do that.")

WENT_WRONG = marked("Something went wrong, and nothing was changed; please try again in a moment.")

# --- A chat under way ------------------------------------------------------------------------

# --- Series and planning ---------------------------------------------------------------------

# --- Hosts, answers, privacy -----------------------------------------------------------------

# --- The command line ------------------------------------------------------------------------

DATABASE_URL_WRONG = "EDCHAT_DATABASE_URL names no SQLite file; write it as in sqlite:///data/edchat.sqlite."
DATABASE_DAMAGED = "The database is damaged; put your latest backup in its place, then start again."
NETWORK_DISK = "SQLite is not safe on a network disk; put the data folder on a local one."


def storage_full(reason: str) -> str:
    """Said when nothing can be stored."""
    return f"The data folder cannot be written ({reason}); make room or mend the disk, and nothing is lost."


_ROOMS_NAMED = 12
"""So many rooms are named to whoever is asked for one."""

NO_ANSWER = "The running bot gave no answer; look at its log, or stop it and try again."


def already_running(process: str) -> str:
    """Say that another process uses the data folder."""
    return f"EdChat already runs on this data folder (process {process}); stop it first."


def where_meant(names: list[str]) -> str:
    """Ask in which of several rooms a command is meant."""
    more = f" and {len(names) - _ROOMS_NAMED} more" if len(names) > _ROOMS_NAMED else ""
    known = f"{', '.join(names[:_ROOMS_NAMED])}{more}"
    return f"In which room do you mean that? Add --place with its name: {known}."


def which_place(named: str | None, names: list[str]) -> str:
    """Ask which of several places is meant."""
    known = ", ".join(names)
    return (
        f"There is no place {shortened(named)!r} here" + f"; there are {known}."
        if named
        else (f"Say where with --place; there are {known}.")
    )


def schema_newer(has: str, known: str) -> str:
    """Say that the database is from a newer version."""
    return f"The database is at revision {has}, this version knows {known}; start the newer version again."


def file_exists(path: str) -> str:
    """Say that a file would be overwritten."""
    return f"{path} is already there; name a new file."


ROOMS_IN_BROWSER = (
    "The rooms of this data folder are in the browser: start the bot with `edchat run`, and open the "
    "address it says. To try things out at a prompt, choose an empty folder: EDCHAT_DATA_DIR=try edchat chat."
)


def first_link(link: str) -> str:
    """Lead the first host in."""
    said = "Nobody runs this EdChat yet. Open this link, once, and you are its host (it is good for 7 days):"
    return f"{said}\n  {link}"


def pages_at(address: str) -> str:
    """Say where the pages are."""
    return f"The pages are at {address}/"


def port_taken(host: str, port: int, reason: str) -> str:
    """Say why the pages cannot be served there, and what to do."""
    return (
        f"The pages cannot be served at {host}:{port} ({reason.lower()}). "
        "Choose another port with EDCHAT_WEB_PORT, or 0 for any free one."
    )


SETTING_HINTS = {
    "EDCHAT_DATA_DIR": "write the path of a folder, as in data",
    "EDCHAT_DATABASE_URL": "write a SQLAlchemy address, or leave it empty for a file in the data folder",
    "EDCHAT_WEB_HOST": "write an address or name of this machine, as in 127.0.0.1",
    "EDCHAT_WEB_PORT": "write a whole number from 0 to 65535, as in 8080",
    "EDCHAT_WEB_BASE_URL": "write the whole address, as in https://chat.example.org",
    "EDCHAT_WEB_PREFIX": "write true or false",
    "EDCHAT_WEB_TRUSTED_PROXIES": "write addresses separated by commas, as in 127.0.0.1, 10.0.0.2",
    "EDCHAT_METRICS_TOKEN": "write 16 characters or more that nobody guesses, or leave it empty",
    "EDCHAT_TELL": "write people of networks separated by commas, as in discord:1234567, @dana:example.org",
    "EDCHAT_BACKUPS": "write a whole number from 0 to 365, as in 7",
    "EDCHAT_ROOMS": "write browser or terminal",
    "EDCHAT_LOG_LEVEL": "write debug, info, warning or error",
    "EDCHAT_LOG_JSON": "write true or false",
    "EDCHAT_COMMUNITY": "write a name of 1 to 100 characters",
    "EDCHAT_ZONE": "write a zone of the time zone database, as in America/New_York",
    "EDCHAT_LANGUAGE": "write en",
    "EDCHAT_OWNER": "write a name of 1 to 32 characters",
    "EDCHAT_DISCORD_TOKEN": "copy the bot's token from Discord's developer page, or leave it empty",
    "EDCHAT_DISCORD_GUILDS": "write the ids of servers separated by commas, or leave it empty for all",
    "EDCHAT_DISCORD_API_URL": "write the whole address, or leave it empty for Discord itself",
    "EDCHAT_DISCORD_GATEWAY_URL": "write the whole address, as in wss://chat.example.org, or leave it empty",
    "EDCHAT_MATRIX_HOMESERVER": "write the homeserver's whole address, as in https://matrix.example.org",
    "EDCHAT_MATRIX_USER": "write the bot's whole name, as in @edchat:example.org",
    "EDCHAT_MATRIX_TOKEN": "copy the bot's access token, or leave it empty and give its password",
    "EDCHAT_MATRIX_PASSWORD": "write the password of the bot's account, or leave it empty and give a token",
    "EDCHAT_MATRIX_INVITERS": "write people and servers separated by commas, as in @dana:a.org, b.org",
    "EDCHAT_MATRIX_HOST_POWER": "write a whole number from 1 to 100, as in 50",
}
"""What to write for each setting."""
MATRIX_HALF = (
    "Matrix needs EDCHAT_MATRIX_HOMESERVER, EDCHAT_MATRIX_USER, and EDCHAT_MATRIX_TOKEN or "
    "EDCHAT_MATRIX_PASSWORD: give the one that is missing, or none of them."
)


def setting_wrong(name: str, value: str | None) -> str:
    """Say which setting is wrong and what to write; `value` is fit to be shown, or None for a secret."""
    said = "" if value is None else f" cannot be {value}"
    return f"{name}{said}: {SETTING_HINTS[name]}."


def fast_clock(file: str) -> str:
    """Say that a clock of its own does not go together with a network that others are on."""
    return f"This data folder keeps a faster clock ({file}), as for a demo: run it without a token."


def setting_given_twice(name: str, file_name: str) -> str:
    """Say that a setting stands in two places."""
    return f"{name} and {file_name} are both set: keep one of them."


def setting_file_unreadable(name: str) -> str:
    """Say that a secret's file cannot be read."""
    return f"{name}: write the path of a text file that the bot may read."


def setting_unknown(name: str, nearest: str | None) -> str:
    """Say that a variable is no setting of ours."""
    return f"{name} is not a setting; " + (f"did you mean {nearest}?" if nearest else "see .env.example.")


def shortened(text: str, at_most: int = 60) -> str:
    """Cut a person's own text so that it can stand inside a sentence."""
    return text if len(text) <= at_most else text[: at_most - 1] + "…"

"""A chat as Markdown: questions as headings, answers as quotations, and everybody's words only words."""

import re
from collections.abc import Iterator

from bot.core.archive.chat_document import Asked, Head, Line, pieces, when
from bot.core.filing import MessageKind
from bot.core.plain import storable
from bot.core.times import clockface
from bot.core.tongue import _, ngettext

_MARKS = re.compile(r"[\\`*_\[\]<>&|~$#]")
_LINE_MARKS = re.compile(r"^([ \xa0]*)([-+=]|[0-9]+(?=[.)]))", re.MULTILINE)
_BLANKS = re.compile(r"^[ \t]+", re.MULTILINE)


def opening(head: Head) -> str:
    """The file's title and what it is of."""
    led = _("Hosted by {name}.").format(name=line(head.lead))
    host = f"\n{led}\n" if head.lead else ""
    return f"# {line(head.title)}\n\n{line(head.series)}, {line(when(head))}\n{host}\n<{head.url}>\n"


def question(head: Head, asked: Asked) -> str:
    """A question as a heading."""
    return f"\n## {head.label(asked)}: {line(asked.text)}\n"


def besides() -> str:
    """The heading of what belongs to no question."""
    return "\n## {besides}\n".format(besides=_("Besides"))


def message(head: Head, said: Line) -> str:
    """A message: who and when, and the words as a quotation."""
    who = line(said.author or _("Somebody"))
    at = _at(head, said)
    word = ngettext("link", "links", 1)
    link = f" ([{word}]({address}))" if (address := said.url(head)) else ""
    beneath = ", " + _("comment") if said.kind is MessageKind.COMMENT else ""
    return f"\n**{who}**{_whence(head, said)}{beneath}, {at}{link}\n\n{''.join(_quoted(said.text))}"


def words(text: str) -> str:
    """Somebody's words so that they read as they were typed; web addresses stay links."""
    lines = storable(text, len(text)).replace("\r\n", "\n").replace("\r", "\n")
    clean = _BLANKS.sub(lambda found: "\xa0" * len(found[0].expandtabs(4)), lines)
    return "".join(f"<{part}>" if web else _escaped(part) for part, web in pieces(clean))


def line(text: str) -> str:
    """Words on one line."""
    return words(" ".join(text.split()))


def _whence(head: Head, said: Line) -> str:
    """Where it was said, where the chat was held in several places."""
    if said.whence is None or len(head.places) < 2:
        return ""
    there = _("in {place} of {community} ({network})")
    place, community, network = said.whence.place, said.whence.community, said.whence.network
    return " " + line(there.format(place=place, community=community, network=network))


def _at(head: Head, said: Line) -> str:
    """The time of that day; of another day, or in a chat of days, with its date."""
    days = [clockface.local(at, head.zone).date() for at in (head.starts_at, said.said_at)]
    write = clockface.time if days[0] == days[1] and not head.takes_days else clockface.moment
    return write(said.said_at, head.zone)


def _escaped(text: str) -> str:
    return _LINE_MARKS.sub(_escaped_start, _MARKS.sub(r"\\\g<0>", text))


def _escaped_start(found: re.Match[str]) -> str:
    blanks, mark = found.groups()
    return f"{blanks}{mark}\\" if mark.isdecimal() else f"{blanks}\\{mark}"


def _quoted(text: str) -> Iterator[str]:
    """Each line quoted; a line break stays one."""
    lines = words(text).split("\n")
    for number, one in enumerate(lines, 1):
        broken = one and number < len(lines) and lines[number]
        yield f"> {one}".rstrip(" ") + ("\\\n" if broken else "\n")

"""What the bot says of the archive: where it is, who may read it, and what readers report."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.core.model import Chat, Series, Visibility
from bot.core.sentences.chat import letter, name
from bot.core.times import clockface
from bot.core.tongue import _, marked

# --- Where to read ---------------------------------------------------------------------------

FILE = "File: {name}"
ARCHIVE_NO_PAGES = marked("This bot shows no pages, so there is no archive to open.")
ARCHIVE_OFF = marked("Nothing of {series} is kept for reading: answers are erased when late answers end.")
ARCHIVE_NOTHING = marked("No chat here can be read yet; the next one can, as soon as it begins.")
ARCHIVE_NOT_OUT = marked("{chat} is not published yet; its hosts see it already.")
ARCHIVE_AT_DESK = marked("Only hosts read {chat} now; they see it at the desk, to which `desk` leads.")


def archive_link(chat: Chat, series: Series, url: str) -> str:
    """Where everybody finds a chat."""
    return f"{name(chat, series)}: {url}"


def archive_by_link(chat: Chat, series: Series, url: str) -> str:
    """Where holders of the weekly chat's link find its chats."""
    said = _("{chat}: {url}\nWhoever has this link can read every chat of {series}.")
    return said.format(chat=name(chat, series), url=url, series=series.title)


def archive_for_you(chat: Chat, series: Series, url: str) -> str:
    """A personal way in, for members."""
    said = _(
        "{chat}: {url}\nThis link is yours alone: it opens the archive in one browser, once, within a week."
    )
    return said.format(chat=name(chat, series), url=url)


NEW_LINK_HOSTS = marked("Only its hosts can have a weekly chat's link made anew.")
NEW_LINK_NONE = marked("{series} is not read by a link, so there is none to make anew.")


def new_reading_link(series: Series, url: str) -> str:
    """Said when a weekly chat got another reading link."""
    said = _(
        "The old link opens nothing any more, nor for those who opened it before.\n{series}: {url}\n"
        "Whoever has this link can read every chat of {series}."
    )
    return said.format(series=series.title, url=url)


# --- Publishing ------------------------------------------------------------------------------

PUBLISH_FIRST = marked("That chat is not over yet; it can be published when it has ended.")
PUBLISH_OFF = marked(
    "Nobody may read {series} afterwards, so there is nothing to publish; `archive visibility` changes that."
)
PUBLISHED_ALREADY = marked("{chat} is published already.")
UNPUBLISHED_ALREADY = marked("{chat} is with its hosts alone already.")
UNPUBLISHED = marked("{chat} is with its hosts alone again.")
PUBLISH = marked("Publish")
UNPUBLISH = marked("Take it back")


PAGE_READERS: Mapping[Visibility, str] = {
    Visibility.OFF: marked("Nobody reads it."),
    Visibility.MEMBERS: marked("Members can read it."),
    Visibility.LINK: marked("Whoever has the link can read it."),
    Visibility.PUBLIC: marked("Everybody can read it."),
}
"""Who reads a page, as its hosts are told, who may have answered nothing themselves."""


def published(chat: Chat, series: Series, readers: Visibility) -> str:
    """Said when a chat's page is let out."""
    told = _("{chat} is published.").format(chat=name(chat, series))
    return f"{told} {_(PAGE_READERS[readers])}"


def unpublished(chat: str) -> str:
    """Said when a chat's page is taken back."""
    return _(UNPUBLISHED).format(chat=chat)


# --- Who may read ----------------------------------------------------------------------------

VISIBILITY_ROOMS_SURE = marked(
    "People in {rooms} were told that only those with the link can read along. "
    "Shall everything said there from now on be public?"
)
VISIBILITY_YES = marked("Yes, make it public")
VISIBILITY_OLDER = marked("What was said before stays as open as people were told then.")
VISIBILITY_OLDER_CLOSES = marked(
    "That holds at once for what was said before, too: nobody else reads its old pages."
)
VISIBILITY_PLACES = marked("Places that are less open themselves stay so: {rooms}.")
VISIBILITY_OFF = marked(
    "From now on answers are erased when late answers end, those of chats not sealed yet too."
)

CHATS_READERS: Mapping[Visibility, str] = {
    Visibility.OFF: marked("Nobody reads its chats afterwards."),
    Visibility.MEMBERS: marked("Members can read its chats afterwards."),
    Visibility.LINK: marked("Whoever has the link can read its chats afterwards."),
    Visibility.PUBLIC: marked("Everybody can read its chats afterwards."),
}
"""Who reads the chats of a weekly chat, as its hosts are told."""


def visible_to(series: Series) -> str:
    """Who may read a weekly chat."""
    return f"{series.title}: {_(CHATS_READERS[series.visibility])}"


# --- Files and feeds -------------------------------------------------------------------------


def archive_files(chat: Chat, series: Series, url: str) -> str:
    """Where a chat's files are; a host who is signed in finds everything in them."""
    said = _("{chat} as files, with everything that hosts may see when you are signed in as one:")
    files = (f"{url}chat.{kind}" for kind in ("json", "md", "csv"))
    return "\n".join([said.format(chat=name(chat, series)), *files])


FEED_REVOKED = marked("Your feed addresses open nothing any more; `archive feed` gives new ones.")
FEED_PRIVATE = marked(
    "These addresses are yours alone: whoever has them reads what members may read. "
    "`archive feed revoke=yes` ends them."
)


def feeds(urls: Sequence[str], private: bool) -> str:
    """Where a weekly chat's feed and calendar are."""
    return "\n".join([*urls, *([_(FEED_PRIVATE)] if private else [])])


# --- Reports ---------------------------------------------------------------------------------

HIDE_IT = marked("Hide it")
WRITER_HELD = marked("What its writer says from now on in our own rooms waits until hosts let it in.")
NAMELESS_WRITER_HELD = marked(
    "What its writer says without a name from now on in our own rooms waits until hosts let it in."
)
KEEP_IT = marked("Keep it")
KEPT_AS_IT_IS = marked("It stays as it is, and what was reported of it is settled.")


def reported_answer(about: str, url: str) -> str:
    """Which answer a reader means, and where it stands."""
    return f"{about}: {url}"


def about_answer(chat: Chat, series: Series, number: int | None) -> str:
    """Which of a chat's words are meant, without repeating them."""
    what = _("an answer to {question} in {title}") if number else _("a comment in {title}")
    return what.format(question=f"{letter(series, 0)}{number}", title=name(chat, series))


def about_words(place: str, at: datetime, zone: str) -> str:
    """Which words of a room are meant, without repeating them."""
    return _("what was said in {place}, {when}").format(place=place, when=clockface.moment(at, zone))


def reported(about: str, reason: str) -> str:
    """Told to hosts when a reader reports an answer, or words in a room."""
    return f"A reader reports {about}.\n{reason or 'They gave no reason.'}"

"""What the bot says of the links that people share: lists of them, the weekly digest, what hosts take out."""

from collections.abc import Sequence
from datetime import datetime

from bot.core.archive.shared_links import Resource
from bot.core.model import Offer, Place, Series, offered
from bot.core.sentences.chat import name
from bot.core.times import clockface
from bot.core.tongue import _, marked

RESOURCES_NONE = marked(
    "No links were shared here yet; those in answers and comments stand here as soon as they are."
)
REMOVED_NONE = marked("No link is taken out here.")
NOT_A_LINK = marked("{said} is neither a web address nor a link's sign; copy the address as it was shared.")
NOT_SHARED = marked("Nobody shared that link in an answer here; `resource list` shows those that stand.")
NOT_REMOVED = marked("That link is not taken out; `resource list removed=yes` shows those that are.")
REMOVED_ALREADY = marked("That link is taken out already.")
REMOVED = marked(
    "It is taken out of pages, feeds and digests. The answers in which it was shared stay as they are; "
    "`answers hide` hides one."
)
RESTORED = marked("It stands on pages, in feeds and in digests again.")
REMOVE, RESTORE, BRING_BACK = marked("Take out"), marked("Show again"), marked("Bring it back")
DIGEST_ON, DIGEST_OFF = marked("Post it each week"), marked("Post it no more")
DIGEST_OF_NOTHING = marked(
    "Nobody may read {series} afterwards, so its links are listed nowhere and no digest of them is posted; "
    "`archive visibility` changes that."
)
NOTHING_LEFT = "The links of this digest are not listed any more."
WEBHOOK_SHARED = (
    "Somebody wrote a webhook's whole address in {place}: whoever has it can write in that channel under any "
    "name. I keep it out of the archive. Take that message away, and make the webhook anew."
)
_LONGEST = 1_600
"""Characters of a digest: networks take no more, and the link to the others is to fit as well."""


def resource(number: int, one: Resource) -> str:
    """One link in a list for one person's eyes."""
    link, chat = one.link, name(one.listed.chat, one.listed.series)
    if one.label:
        said = _("{host}, shared by {name} under {label} of {chat}")
    else:
        said = _("{host}, shared by {name} in {chat}")
    shared = said.format(host=link.host, name=one.name, label=one.label, chat=chat)
    often = _("{shared}, in {count} messages").format(shared=shared, count=one.times)
    return f"{number}. {_titled(one)}\n   {often if one.times > 1 else shared}"


def all_resources(found: Sequence[Resource], rest: int, page: str) -> str:
    """The newest links, with how many more there are and where."""
    lines = [resource(number, one) for number, one in enumerate(found, 1)]
    said = _("And {count} more: {url}") if page else _("And {count} more.")
    more = [said.format(count=rest, url=page)] if rest else ([page] if page else [])
    return "\n".join([*lines, *more])


def remove_offer(number: int, one: Resource) -> Offer:
    """The button that takes a link out."""
    return offered("Take out {number}", f"resource remove {one.link.mark}", number=str(number))


def restore_offer(number: int, one: Resource) -> Offer:
    """The button that shows a link again."""
    return offered("Show again {number}", f"resource restore {one.link.mark}", number=str(number))


def digest(
    series: Series, zone: str, since: datetime, links: Sequence[Resource], count: int, page: str
) -> str:
    """What is posted in a weekly chat's places: the links of a week, and where the others are."""
    lines = [f"Links shared in {series.title} since {clockface.day(since, zone)}:"]
    for one in links:
        often = f" ({one.times} times)" if one.times > 1 else ""
        line = f"- {_titled(one)}{often}"
        if len("\n".join([*lines, line])) <= _LONGEST:
            lines.append(line)
    rest = count - len(lines) + 1
    more = f"And {rest} more." if rest else ""
    below = " ".join(filter(None, [more, f"Who shared them, and what was said: {page}" if page else ""]))
    return "\n".join([*lines, *([below] if below else [])])


def digest_is(series: Series, *, on: bool) -> str:
    """Whether a digest is posted."""
    if on:
        said = _(
            "The links shared in {series} are posted in its places a day after a chat ends, "
            "once a week at most; where none were shared, nothing is."
        )
    else:
        said = _("No digest of links is posted in the places of {series}.")
    return said.format(series=series.title)


def digest_offer(series: Series, *, on: bool) -> Offer:
    """The button that lets a digest be posted, or no more."""
    return Offer(
        DIGEST_ON if on else DIGEST_OFF, f"resource digest {'on' if on else 'off'} series={series.id}"
    )


def webhook_shared(place: Place) -> str:
    """Told to hosts when somebody wrote what lets others into a channel."""
    return WEBHOOK_SHARED.format(place=place.name)


def _titled(one: Resource) -> str:
    bare = one.link.url.partition("://")[2].rstrip("/")
    return one.link.url if one.link.title == bare else f"{one.link.title}: {one.link.url}"

"""Resources: the links that people share, listed, taken out by hosts, and posted once a week."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Annotated

from bot.commands import Cog, Context, Example, Meanings, Offer, Reply, command, hears, on_step, replied
from bot.core.archive.shared_links import Resource
from bot.core.archive.web_addresses import HIDDEN, mark, without_secrets
from bot.core.audience import Audience, Reads
from bot.core.digest import LATE, planned
from bot.core.echo import shown
from bot.core.hearing import Edited, Heard, Said
from bot.core.model import Place, Refused, Role, Series, Step, StepKind, Visibility
from bot.core.sentences import resources as say
from bot.core.state import Change
from bot.storage.archive.resources import Span
from bot.storage.store import Tx
from cogs import _rules

NEWEST = 8
"""Links of a list for one person's eyes; the others stand on the page."""
_MARK = re.compile("[0-9a-f]{16}")


class Posted(StrEnum):
    """Whether a digest is posted."""

    ON = "on"
    OFF = "off"


Which = Annotated[Series | None, "Which weekly chat, if not all of this community"]
Wanted = Annotated[str, "The link's address, as it was shared", Example("https://example.org/lesson")]
Switch = Annotated[
    Posted | None,
    "Whether it is posted",
    Meanings({"on": "Each week, in its places", "off": "Not at all"}),
]


class Resources(Cog):
    """The commands of the group `resource`, and the weekly digest."""

    @command("resource list", private=True, shows_words=True)
    async def listing(
        self,
        ctx: Context,
        tx: Tx,
        *,
        series: Which = None,
        removed: Annotated[bool, "Whether hosts see those that are taken out"] = False,
    ) -> Reply:
        """See the links that were shared last."""
        host = ctx.role >= Role.HOST
        who, span = _reader(ctx, series), Span(series.id if series else None, removed=removed and host)
        if span.removed:
            await _need_ours(ctx, tx, series)
        found = await tx.resources(who, span, NEWEST)
        if not found:
            return Reply(say.REMOVED_NONE if span.removed else say.RESOURCES_NONE)
        rest, page = await tx.count_resources(who, span) - len(found), await _page(ctx, tx, series)
        offers = _offers(found, removed=span.removed) if host and _is_ours(ctx, series) else ()
        return replied(partial(say.all_resources, found, rest, "" if span.removed else page), offers)

    @command("resource remove", role=Role.HOST)
    async def remove(self, ctx: Context, tx: Tx, link: Wanted) -> Reply:
        """Take a link out of pages, feeds and digests."""
        sign, hosts = _sign(link), Audience(ctx.place.community_id, Reads.HOSTS)
        if await tx.knows_link(hosts, sign, removed=True):
            raise Refused(say.REMOVED_ALREADY)
        if not await tx.knows_link(hosts, sign):
            raise Refused(say.NOT_SHARED)
        await tx.remove_link(ctx.place.community_id, sign, ctx.now)
        return Reply(say.REMOVED, (Offer(say.BRING_BACK, f"resource restore {sign}"),))

    @command("resource restore", role=Role.HOST)
    async def restore(self, ctx: Context, tx: Tx, link: Wanted) -> Reply:
        """Show a link again that was taken out."""
        sign, hosts = _sign(link), Audience(ctx.place.community_id, Reads.HOSTS)
        if not await tx.knows_link(hosts, sign, removed=True):
            raise Refused(say.NOT_REMOVED)
        await tx.restore_link(ctx.place.community_id, sign)
        return Reply(say.RESTORED, (Offer(say.REMOVE, f"resource remove {sign}"),))

    @command("resource digest", role=Role.HOST)
    async def digest(
        self,
        ctx: Context,
        tx: Tx,
        post: Switch = None,
        *,
        series: Annotated[Series, "Which weekly chat"],
    ) -> Reply:
        """Show or say whether a weekly chat's links are posted once a week."""
        if post is None:
            offer = say.digest_offer(series, on=not series.digest)
            return replied(partial(say.digest_is, series, on=series.digest), (offer,))
        await _rules.need_own(ctx, tx, series)
        wanted = post is Posted.ON
        if wanted and series.visibility is Visibility.OFF:
            raise Refused(say.DIGEST_OF_NOTHING, series=series.title)
        if wanted is not series.digest:
            await _post_or_not(tx, replace(series, digest=wanted), ctx.now)
        offer = say.digest_offer(series, on=not wanted)
        return replied(partial(say.digest_is, series, on=wanted), (offer,))

    @on_step(StepKind.DIGEST)
    async def due(self, tx: Tx, chat_id: int, step: Step, now: datetime) -> None:
        """Post the digest, where there is something in it; after a long outage the next one has it all."""
        if now - step.due_at < LATE:
            await tx.post_digest(chat_id, now)

    @hears(Said, Edited)
    async def secret(self, tx: Tx, place: Place, heard: Heard, message_id: int | None, now: datetime) -> None:
        """Tell the hosts, once, when somebody wrote what lets others into a channel."""
        if not isinstance(heard, Said | Edited) or HIDDEN not in without_secrets(heard.text):
            return
        hosts = (await tx.community_of(place)).hosts_place_id
        if HIDDEN not in heard.text and hosts is not None and hosts != place.id:
            key = f"webhook.{place.id}.{heard.id}"
            await tx.post(await tx.place(hosts), say.webhook_shared(place), (), key, now)


def _reader(ctx: Context, series: Series | None) -> Audience:
    """Who asks: somebody of the community, or a guest of another one's weekly chat."""
    if series is None or _is_ours(ctx, series):
        return Audience(ctx.place.community_id, Reads.MEMBERS)
    return Audience(series.community_id, series=frozenset((series.id,)))


def _is_ours(ctx: Context, series: Series | None) -> bool:
    return series is None or series.community_id == ctx.place.community_id


async def _need_ours(ctx: Context, tx: Tx, series: Series | None) -> None:
    if series is not None:
        await _rules.need_own(ctx, tx, series)


def _offers(found: tuple[Resource, ...], *, removed: bool) -> tuple[Offer, ...]:
    """What hosts may do with the links of a list."""
    offer = say.restore_offer if removed else say.remove_offer
    return tuple(offer(number, one) for number, one in enumerate(found, 1))


async def _page(ctx: Context, tx: Tx, series: Series | None) -> str:
    """Where all of them are, if the bot's pages have an address."""
    if series is not None:
        page = await tx.series_page(series)
    else:
        page = await tx.front_page(await tx.community_of(ctx.place))
    return f"{page}resources/" if page else ""


def _sign(link: str) -> str:
    """The mark of a link that a host names by its address, or as a button does."""
    said = link.strip().strip("<>")
    sign = said if _MARK.fullmatch(said) else mark(said)
    if not sign:
        raise Refused(say.NOT_A_LINK, said=shown(link))
    return sign


async def _post_or_not(tx: Tx, series: Series, now: datetime) -> None:
    """Plan the digests of a weekly chat's chats, those on their way too, or plan none any more."""
    await tx.save_series(series)
    for chat_id in await tx.chats_with_digests(series.id):
        before = await tx.running(chat_id)
        await tx.change(before, Change(planned(before, now)), now)

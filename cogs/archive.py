"""The archive: where to read, who may, what is published, and its files and feeds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated

from bot.commands import Cog, Context, Meanings, Offer, Reply, command, on_step, replied
from bot.core import sentences
from bot.core.archive.chat_page import least_open
from bot.core.model import Chat, Refused, Role, Series, Step, StepKind, Visibility
from bot.core.sentences import sharing
from bot.core.tongue import joined, worded
from bot.storage.archive.addresses import BROWSER
from bot.storage.doors.secrets import SecretKind
from bot.storage.store import Tx
from cogs import _links, _readers, _rules

Which = Annotated[Series, "Which weekly chat"]
Named = Annotated[Chat | None, "Which chat, if not the last one"]


class Archive(Cog):
    """The commands of the group `archive`, and the moment a chat's page is let out."""

    @command("archive link", private=True)
    async def link(
        self,
        ctx: Context,
        tx: Tx,
        *,
        chat: Named = None,
        new: Annotated[bool, "Whether the link there was shall open nothing any more"] = False,
    ) -> Reply:
        """Get the link to the chat's page; a host can have one that was passed on too far made anew."""
        found = chat or await tx.last_begun(ctx.place.id)
        if new:
            return await _new_link(ctx, tx, found)
        if found is None:
            raise Refused(sentences.ARCHIVE_NOTHING)
        series = await tx.series(found.series_id)
        readers = await _page_readers(tx, found, series)
        if readers is Visibility.OFF and ctx.role < Role.HOST:
            return replied(worded(sentences.ARCHIVE_OFF, series=series.title))
        if _with_hosts_alone(found) and ctx.role < Role.HOST:
            raise Refused(sentences.ARCHIVE_NOT_OUT, chat=sentences.name(found, series))
        return replied(await _way_in(ctx, tx, found, series, readers))

    @command("archive publish", role=Role.HOST)
    async def publish(self, ctx: Context, tx: Tx, *, chat: Named = None) -> Reply:
        """Let a chat's page out to its readers."""
        found, series = await _over(ctx, tx, chat)
        readers = await _page_readers(tx, found, series)
        if readers is Visibility.OFF:
            raise Refused(sentences.PUBLISH_OFF, series=series.title)
        if found.published_at is not None:
            raise Refused(sentences.PUBLISHED_ALREADY, chat=sentences.name(found, series))
        await tx.publish(found.id, ctx.now)
        back = Offer(sentences.UNPUBLISH, f"archive unpublish chat={found.id}")
        return replied(partial(sentences.published, found, series, readers), (back,))

    @command("archive unpublish", role=Role.HOST)
    async def unpublish(self, ctx: Context, tx: Tx, *, chat: Named = None) -> Reply:
        """Keep a chat's page with its hosts alone."""
        found, series = await _over(ctx, tx, chat)
        name = sentences.name(found, series)
        if found.published_at is None:
            raise Refused(sentences.UNPUBLISHED_ALREADY, chat=name)
        await tx.unpublish(found.id)
        again = Offer(sentences.PUBLISH, f"archive publish chat={found.id}")
        return replied(partial(sentences.unpublished, name), (again,))

    @command("archive visibility", role=Role.HOST)
    async def visibility(
        self,
        ctx: Context,
        tx: Tx,
        readers: Annotated[
            Visibility | None, "Who may read it from now on", Meanings(sentences.WHO_READS)
        ] = None,
        *,
        series: Which,
        sure: Annotated[bool, "Whether you are sure"] = False,
    ) -> Reply:
        """Show or say who may read a weekly chat."""
        if readers is None or readers is series.visibility:
            return replied(partial(sentences.visible_to, series))
        await _rules.need_own(ctx, tx, series)
        if not sure and (asked := await _readers.doubt(tx, series, readers)):
            return asked
        remarks = await _readers.let_read(tx, series, readers, series.visibility)
        return replied(joined(partial(sentences.visible_to, await tx.series(series.id)), *remarks))

    @command("archive export", role=Role.HOST, private=True)
    async def export(self, ctx: Context, tx: Tx, *, chat: Named = None) -> Reply:
        """Show where a chat's files are."""
        found = chat or await tx.last_begun(ctx.place.id)
        if found is None:
            raise Refused(sentences.ARCHIVE_NOTHING)
        series = await tx.series(found.series_id)
        if chat is None:
            await _rules.need_own(ctx, tx, series)
        return replied(partial(sentences.archive_files, found, series, await _page(tx, found, series)))

    @command("archive feed", private=True)
    async def feed(
        self,
        ctx: Context,
        tx: Tx,
        *,
        series: Which,
        revoke: Annotated[bool, "End the addresses you were given"] = False,
    ) -> Reply:
        """Get the addresses of a weekly chat's feed and calendar."""
        here = series.community_id
        if revoke:
            await tx.revoke_secrets(ctx.person.id, ctx.real, kind=SecretKind.FEED, community_id=here)
            return Reply(sentences.FEED_REVOKED)
        if series.visibility is Visibility.OFF:
            return replied(worded(sentences.ARCHIVE_OFF, series=series.title))
        address, key = await tx.series_page(series), ""
        if not address:
            raise Refused(sentences.ARCHIVE_NO_PAGES)
        shut = await tx.all_shut(await tx.places_of_series(series.id))
        if shut or series.visibility is not Visibility.PUBLIC:
            key = f"?key={await _feed_key(ctx, tx, series)}"
        urls = [f"{address}{file}{key}" for file in ("feed.atom", "calendar.ics")]
        return replied(partial(sentences.feeds, urls, bool(key)))

    @on_step(StepKind.PUBLISH)
    async def let_out(self, tx: Tx, chat_id: int, step: Step, now: datetime) -> None:
        """Let a chat's page out when its hour is over, where the weekly chat does so at once."""
        chat = await tx.chat(chat_id)
        if chat is not None and not chat.rehearsal:
            await tx.publish(chat_id, now)


async def _page_readers(tx: Tx, chat: Chat, series: Series) -> Visibility:
    """Who may read a chat's page: the least open of what its channels let be, and what people were told."""
    return least_open(await tx.page_readers(chat, series), chat.told or series.visibility)


async def _way_in(ctx: Context, tx: Tx, chat: Chat, series: Series, readers: Visibility) -> Callable[[], str]:
    """The link that opens a chat's page for the one who asks."""
    page, own = await _page(tx, chat, series), series.community_id == ctx.place.community_id
    passed_on = readers is Visibility.LINK and not _with_hosts_alone(chat)
    signed_in = own and ctx.person.platform == BROWSER
    if not signed_in and (_with_hosts_alone(chat) or readers is Visibility.OFF):
        raise Refused(sentences.ARCHIVE_AT_DESK, chat=sentences.name(chat, series))
    if readers is Visibility.PUBLIC or (signed_in and not passed_on):
        return partial(sentences.archive_link, chat, series, page)
    if readers is Visibility.LINK:
        url = await _links.to(tx, f"/l/{await tx.link_secret(series.id)}/{chat.slug}")
        return partial(sentences.archive_by_link, chat, series, url)
    await _need_member(ctx, tx, series)
    whose = {"person_id": ctx.person.id, "series_id": series.id}
    secret = await tx.give_secret(SecretKind.READING, series.community_id, ctx.real, **whose)
    return partial(sentences.archive_for_you, chat, series, await _links.to(tx, f"/in/{secret}"))


async def _feed_key(ctx: Context, tx: Tx, series: Series) -> str:
    """A personal key for feeds; it makes its owner a member."""
    await _need_member(ctx, tx, series)
    await tx.make_member(series.community_id, ctx.person.id, ctx.now)
    kind, whose = SecretKind.FEED, ctx.person.id
    return await tx.give_secret(kind, series.community_id, ctx.real, person_id=whose)


async def _need_member(ctx: Context, tx: Tx, series: Series) -> None:
    """Refuse guests what only members of a weekly chat's own community may read."""
    if series.community_id != ctx.place.community_id:
        community = await tx.community(series.community_id)
        raise Refused(sharing.NOT_FOR_GUESTS, community=community.name)


async def _new_link(ctx: Context, tx: Tx, chat: Chat | None) -> Reply:
    """Another reading link for a weekly chat; who holds the one before reads what strangers read, at once."""
    if ctx.role < Role.HOST:
        raise Refused(sentences.NEW_LINK_HOSTS)
    here = await tx.series_here(ctx.place.id) if chat is None else [await tx.series(chat.series_id)]
    if len(here) != 1:
        raise Refused(sentences.ARCHIVE_NOTHING)
    series = here[0]
    await _rules.need_own(ctx, tx, series)
    if series.visibility in (Visibility.OFF, Visibility.MEMBERS):
        raise Refused(sentences.NEW_LINK_NONE, series=series.title)
    url = await _links.to(tx, f"/l/{await tx.new_link_secret(series.id)}")
    return replied(partial(sentences.new_reading_link, series, url))


async def _page(tx: Tx, chat: Chat, series: Series) -> str:
    page = await tx.page_of(chat, series)
    if not page:
        raise Refused(sentences.ARCHIVE_NO_PAGES)
    return page


async def _over(ctx: Context, tx: Tx, chat: Chat | None) -> tuple[Chat, Series]:
    """The chat that is meant, when it is over."""
    found = chat or await tx.last_over(ctx.place.id)
    if found is None:
        raise Refused(sentences.ARCHIVE_NOTHING)
    series = await tx.series(found.series_id)
    if chat is None:  # the one that was named was looked at before
        await _rules.need_own(ctx, tx, series)
    if not found.state.over:
        raise Refused(sentences.PUBLISH_FIRST)
    return found, series


def _with_hosts_alone(chat: Chat) -> bool:
    return chat.state.over and chat.published_at is None

"""One's own words: what is kept, under which name, and how to be left out or forgotten."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import partial
from typing import Annotated

from bot.commands import Cog, Context, Example, Offer, Reply, command, replied
from bot.core import names, sentences
from bot.core.archive.chat_page import least_open
from bot.core.sentences import sharing
from bot.core.tongue import joined, worded
from bot.core.which import Which
from bot.storage.export import own_words
from bot.storage.store import Tx


class Privacy(Cog):
    """What everybody may decide about their own words; all of it is private."""

    @command("privacy show", private=True)
    async def show(self, ctx: Context, tx: Tx) -> Reply:
        """Show what is kept of you here, and who may read it."""
        kept = await tx.kept_of(ctx.person.id, ctx.place.community_id)
        agreed = await tx.consent(ctx.person.id, ctx.place.community_id)
        had = partial(sentences.kept, kept.messages, kept.answers, kept.chats)
        if agreed and agreed.forgotten_at:
            return replied(joined(had, sentences.KEPT_FORGOTTEN), (_LET_IN,))
        if agreed and agreed.excluded_at:
            return replied(joined(had, sentences.KEPT_OUT), (_LET_IN, _EXPORT, _FORGET))
        seen = partial(sentences.seen_as, ctx.person.shown)
        return replied(joined(had, seen, *await _readers(ctx, tx)), (_EXPORT, _LEAVE, _FORGET))

    @command("privacy name", private=True)
    async def name(
        self,
        ctx: Context,
        tx: Tx,
        pseudonym: Annotated[
            str, "What readers see instead; leave it out for your own name", Example("Reader 12")
        ] = "",
        *,
        chance: Annotated[bool, "Let chance choose it"] = False,
    ) -> Reply:
        """Choose the name that readers see."""
        wanted = await _free_name(ctx, tx, pseudonym) if pseudonym.strip() else None
        if chance:
            wanted = await _by_chance(ctx, tx)
        await tx.rename(ctx.person, ctx.place.community_id, wanted, ctx.now)
        return replied(partial(sentences.named, wanted)) if wanted else Reply(sentences.NAME_OWN)

    @command("privacy exclude", private=True)
    async def exclude(self, ctx: Context, tx: Tx) -> Reply:
        """Leave your words out from now on, and hide those before."""
        here = ctx.place.community_id
        await tx.exclude(ctx.person, here, ctx.now)
        return Reply(sentences.EXCLUDED, (_LET_IN,))

    @command("privacy include", private=True)
    async def include(self, ctx: Context, tx: Tx) -> Reply:
        """Let your words be kept again, the new ones only."""
        here = ctx.place.community_id
        agreed = await tx.consent(ctx.person.id, here)
        if agreed is None or not (agreed.excluded_at or agreed.forgotten_at):
            return Reply(sentences.INCLUDED_ALREADY)
        await tx.include(ctx.person, here, ctx.now)
        return Reply(sentences.INCLUDED)

    @command("privacy export", private=True)
    async def export(self, ctx: Context, tx: Tx) -> Reply:
        """Get all that is kept of you here."""
        pieces: list[str] = []
        await own_words(tx, pieces.append, ctx.person, await tx.community_of(ctx.place), ctx.now)
        return Reply("".join(pieces))

    @command("privacy forget", private=True, destructive=True)
    async def forget(
        self, ctx: Context, tx: Tx, *, sure: Annotated[bool, "That you have thought about it"] = False
    ) -> Reply:
        """Erase your words and your name."""
        community = await tx.community_of(ctx.place)
        if not sure:
            kept = await tx.kept_of(ctx.person.id, community.id)
            asked = worded(sentences.FORGET_SURE, count=partial(sentences.counted, kept.messages, "message"))
            too = sentences.SPOKEN_FOR_TOO if await tx.spoken_for(ctx.place) else ""
            return replied(joined(asked, too), (_FORGET_SURELY,))
        erased = await tx.forget(ctx.person, community.id, ctx.now)
        return replied(partial(sentences.forgotten, erased, ctx.now, community.zone))


_EXPORT = Offer(sentences.GIVE_ME_ALL, "privacy export")
_LEAVE = Offer(sentences.LEAVE_ME_OUT, "privacy exclude")
_LET_IN = Offer(sentences.LET_ME_IN, "privacy include")
_FORGET = Offer(sentences.FORGET_ME, "privacy forget")
_FORGET_SURELY = Offer(sentences.FORGET_YES, "privacy forget sure=yes")


async def _by_chance(ctx: Context, tx: Tx) -> str:
    """A name that nobody has here and that nothing leads back from."""
    taken = await tx.names_in_use(ctx.place.community_id, but=ctx.person.id)
    drawn = (sentences.READER.format(number=1_000 + secrets.randbelow(9_000)) for _ in range(100))
    return next(name for name in drawn if not any(names.alike(name, other) for other in taken))


async def _readers(ctx: Context, tx: Tx) -> list[Callable[[], str]]:
    """Who may read what is said here: the least open of weekly chat, what people were told, and place."""
    openness = await tx.openness(ctx.place.id)
    found = [await tx.chat_here(ctx.place.id, which) for which in (Which.LIVE, Which.RECENT)]
    told = {one.series_id: await tx.told_in(one, ctx.place) or openness for one in reversed(found) if one}
    weekly = await tx.series_here(ctx.place.id)
    open_to = {one: least_open(one.visibility, openness, told.get(one.id, openness)) for one in weekly}
    guests = [one for one in weekly if one.community_id != ctx.place.community_id]
    own = [readers for one, readers in open_to.items() if one not in guests]
    there = [
        partial(sharing.read_in, one, open_to[one], (await tx.community(one.community_id)).name)
        for one in guests
    ]
    return [*([partial(sentences.readers, own)] if own or not guests else []), *there]


async def _free_name(ctx: Context, tx: Tx, typed: str) -> str | None:
    """The name as typed, None where it is one's own; nobody else's may be taken, in whatever letters."""
    wanted = names.chosen(typed)
    if names.alike(wanted, ctx.person.name):
        return None
    return names.free_name(wanted, await tx.names_in_use(ctx.place.community_id, but=ctx.person.id))

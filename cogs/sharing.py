"""One weekly chat in several places: joined by a code, muted, left."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from bot.commands import Cog, Context, Example, Offer, Reply, command, replied
from bot.core.model import Place, Refused, Role
from bot.core.model import Series as WeeklyChat
from bot.core.sentences import sharing as say
from bot.storage.doors.secrets import SecretKind
from bot.storage.store import Tx
from cogs import _places, _rules

Which = Annotated[WeeklyChat, "Which weekly chat"]
Where = Annotated[Place | None, "In which room, if not this one"]
Sure = Annotated[bool, "Whether you are sure"]


class Sharing(Cog):
    """The commands of the group `series` about its places."""

    @command("series share", role=Role.HOST, private=True)
    async def share(
        self,
        ctx: Context,
        tx: Tx,
        series: Which,
        *,
        revoke: Annotated[bool, "Whether codes that nobody used yet shall open nothing any more"] = False,
    ) -> Reply:
        """Show where a weekly chat is held, and get a code by which one more place joins."""
        await _rules.need_own(ctx, tx, series)
        if revoke:
            await tx.revoke_codes(series.id, ctx.real)
            await tx.blot_spent(ctx.real)
            return Reply(say.CODES_REVOKED)
        code = await tx.give_secret(SecretKind.PLACE, series.community_id, ctx.real, series_id=series.id)
        shares = await tx.shares(series)
        offers = tuple(say.take_out_offer(series, s.place, s.community) for s in shares if not s.own)
        return replied(partial(_places.listed, series, shares, code), offers)

    @command("series join", role=Role.HOST, private=True)
    async def join(
        self,
        ctx: Context,
        tx: Tx,
        code: Annotated[str, "The code that its hosts gave you", Example("xYz...")],
        *,
        place: Where = None,
        sure: Sure = False,
    ) -> Reply:
        """Hold another community's weekly chat here too, by a code of its hosts."""
        series = await _places.by_code(ctx, tx, code)
        room = await _places.meant(ctx, tx, place)
        await _places.need_room(ctx, tx, series, room)
        whose = (await tx.community(series.community_id)).name
        if not sure:
            return await _places.ask_to_join(tx, series, whose, room, code.strip("` "))
        await tx.use_secret(code.strip("` "), SecretKind.PLACE, ctx.real)
        await tx.open_untold([room], series.visibility)
        await tx.take_in(series, room, ctx.now)
        await _places.tell_owners(ctx, tx, series, room, joined=True)
        coming = await _places.coming(tx, series)
        return replied(partial(say.joined, series, whose, room, coming), say.guest_offers(series, room))

    @command("series mute", role=Role.HOST, private=True)
    async def mute(self, ctx: Context, tx: Tx, series: Which, *, place: Where = None) -> Reply:
        """Post nothing of another community's weekly chat here, until you unmute it."""
        share = await _places.held(ctx, tx, series, place)
        if share.own:
            raise Refused(say.OWN_PLACE_MUTE, series=series.title)
        if share.muted:
            raise Refused(say.MUTED_ALREADY, series=series.title, place=share.place.name)
        await tx.mute(series, share.place, ctx.now)
        offers = say.guest_offers(series, share.place, muted=True)
        return replied(partial(say.muted, series, share.place), offers)

    @command("series unmute", role=Role.HOST, private=True)
    async def unmute(self, ctx: Context, tx: Tx, series: Which, *, place: Where = None) -> Reply:
        """Let another community's weekly chat be heard here again."""
        share = await _places.held(ctx, tx, series, place)
        if not share.muted:
            raise Refused(say.NOT_MUTED, series=series.title, place=share.place.name)
        await _places.need_quiet(tx, series, share.place)
        await tx.unmute(series, share.place, ctx.now)
        return replied(partial(say.unmuted, series, share.place), say.guest_offers(series, share.place))

    @command("series leave", role=Role.HOST, private=True, destructive=True)
    async def leave(
        self, ctx: Context, tx: Tx, series: Which, *, place: Where = None, sure: Sure = False
    ) -> Reply:
        """Hold a weekly chat in this place no more; its other places go on."""
        share = await _places.held(ctx, tx, series, place)
        if share.own:
            await _places.need_another(tx, series)
        if not sure:
            line = f"series leave {series.id} {say.option(share.place)} sure=yes"
            return replied(partial(say.leave_sure, series, share.place), (Offer(say.LEAVE_SURELY, line),))
        await tx.take_out(series, share.place, ctx.now)
        if not share.own:
            await _places.tell_owners(ctx, tx, series, share.place, joined=False)
        return replied(partial(say.left_series, series, share.place))

    @command("series unshare", role=Role.HOST, private=True, destructive=True)
    async def unshare(
        self,
        ctx: Context,
        tx: Tx,
        place: Annotated[int, "The number of the place, as `series share` offers it"],
        *,
        series: Which,
        sure: Sure = False,
    ) -> Reply:
        """Take another community's place out of your weekly chat."""
        await _rules.need_own(ctx, tx, series)
        share = next((one for one in await tx.shares(series) if one.place.id == place and not one.own), None)
        if share is None:
            raise Refused(say.NOT_HELD_THERE, series=series.title)
        if not sure:
            line = f"series unshare {place} series={series.id} sure=yes"
            asked = partial(say.unshare_sure, series, share.place, share.community)
            return replied(asked, (Offer(say.TAKE_OUT, line),))
        await tx.take_out(series, share.place, ctx.now)
        await _places.tell_guests(ctx, tx, series, share.place)
        return replied(partial(say.out_of_series, series, share.place))

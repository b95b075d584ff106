"""The desk: the way in for hosts, who plan in the browser."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from bot.commands import Cog, Context, Reply, command, replied
from bot.core.model import Chat, Refused, Role
from bot.core.sentences import desk as sentences
from bot.core.which import Which
from bot.storage.doors.secrets import SecretKind
from bot.storage.store import Tx
from cogs import _links


class Desk(Cog):
    """The one command that leads to the desk."""

    @command("desk", role=Role.HOST, private=True)
    async def desk(
        self,
        ctx: Context,
        tx: Tx,
        *,
        chat: Annotated[Chat | None, "Which chat, if you are its guest host", Which.HOSTED] = None,
    ) -> Reply:
        """Get your link to the desk, where chats are planned and looked after in the browser."""
        community = await tx.community_of(ctx.place)
        standing = await tx.standing(ctx.person, ctx.place, ctx.power, None)
        about = await tx.series(chat.series_id) if chat else None
        if about and about.community_id != community.id and not standing.hosts_here:
            raise Refused(sentences.NOT_THIS_DESK)
        here, who = ctx.place.community_id, ctx.person.id
        secret = await tx.give_secret(SecretKind.DESK, here, ctx.real, person_id=who)
        await tx.take_seat(ctx.place, who, ctx.power, ctx.real)
        return replied(partial(sentences.desk_link, community, await _links.to(tx, f"/in/{secret}")))

"""The messages that hosts do something with: found by name, and noted as they were before."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.commands.declared import Context
from bot.core import sentences
from bot.core.echo import shown
from bot.core.model import Chat, Refused, Role
from bot.core.sentences import sharing
from bot.storage.store import Tx


async def meant(ctx: Context, tx: Tx, chat: Chat, said: str) -> int:
    """The message that a host names; hosts of a place that joined have only what was said there."""
    named = said.strip("[]#^")
    original = await tx.copy_of(ctx.place.id, named)
    found = await tx.message_named(chat.id, ctx.place.id, f"m{original}" if original else named)
    if found is None:
        raise Refused(sentences.MESSAGE_UNKNOWN, said=shown(said))
    await need_own(ctx, tx, found)
    return found


async def need_own(ctx: Context, tx: Tx, message_id: int) -> None:
    """Refuse hosts of a place that joined what was not said there."""
    if ctx.role < Role.HOST and not await tx.said_among(message_id, ctx.place.community_id):
        raise Refused(sharing.NOT_SAID_HERE)


@asynccontextmanager
async def undoable(ctx: Context, tx: Tx, message_id: int) -> AsyncIterator[None]:
    """Note how a message was before it is changed."""
    before = await tx.as_it_is(message_id)
    yield
    await tx.remember(before, ctx.person.id, ctx.now)


async def show_again(ctx: Context, tx: Tx, message_id: int, chat: Chat) -> None:
    """Let readers see a hidden message again, unless that is not for this host or its writer wants it."""
    if ctx.role < Role.HOST:  # hosts of a place that joined: whoever hid it, the page is not theirs
        owners = await tx.community((await tx.series(chat.series_id)).community_id)
        raise Refused(sharing.SHOWN_BY_OWNERS, community=owners.name)
    if await tx.left_out(message_id):
        raise Refused(sentences.SHOW_LEFT_OUT)
    await tx.show(message_id, ctx.now)

"""Sorting: what is no answer after all, words that go for good, and taking back what was done last."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from bot.commands import OFFER_LIMIT, Cog, Context, Example, Offer, Reply, command, replied
from bot.core import sentences
from bot.core.archive.page_words import network_name
from bot.core.echo import shown
from bot.core.filing import MessageKind
from bot.core.model import Chat, ChatState, Refused, Role
from bot.core.sentences import sorting as say
from bot.core.tongue import Words
from bot.core.which import Which
from bot.storage.archive.addresses import BROWSER
from bot.storage.heard.sorting import AsItWas
from bot.storage.store import Tx
from cogs import _messages

Named = Annotated[str, "The message's number", Example("m123")]
Recent = Annotated[Chat, "Which chat", Which.RECENT]


class Sorting(Cog):
    """What hosts do with messages beside filing, picking and hiding them."""

    @command("answers unfile", role=Role.HOST, private=True, of_own_place=True, shows_words=True)
    async def unfile(self, ctx: Context, tx: Tx, message: Named, *, chat: Recent) -> Reply:
        """Take a message out from under its question; it is conversation then."""
        if chat.state is ChatState.SEALED:
            raise Refused(sentences.SEALED)
        message_id = await _messages.meant(ctx, tx, chat, message)
        async with _messages.undoable(ctx, tx, message_id):
            await tx.keep_unfiled(message_id, ctx.now)
        row = await tx.message(message_id)
        return replied(partial(say.unfiled, row.text if row else ""))

    @command(
        "answers delete",
        role=Role.HOST,
        private=True,
        destructive=True,
        of_own_place=True,
        shows_words=True,
    )
    async def delete(
        self,
        ctx: Context,
        tx: Tx,
        message: Named,
        *,
        sure: Annotated[bool, "Whether you are sure"] = False,
        chat: Recent,
    ) -> Reply:
        """Erase a message for good, as its writer could."""
        message_id = await _messages.meant(ctx, tx, chat, message)
        row = await tx.message(message_id)
        if row is None:
            raise LookupError(f"no message {message_id}")
        if not sure:
            erase = Offer(say.DELETE_YES, f"answers delete m{message_id} sure=yes chat={chat.id}")
            return replied(partial(say.delete_sure, row.text), (erase,))
        await tx.erase_for_good(row, ctx.now)
        place = await tx.place(row.place_id)
        network = "" if place.platform == BROWSER else network_name(place.platform)
        return replied(partial(say.deleted, network))

    @command("answers forget", role=Role.HOST, private=True, destructive=True)
    async def forget(
        self,
        ctx: Context,
        tx: Tx,
        name: Annotated[str, "The name under which a webhook said it", Example("Robin")],
        *,
        sure: Annotated[bool, "Whether you are sure"] = False,
    ) -> Reply:
        """Erase all that a webhook said for somebody, as PluralKit does, who asks you to."""
        wanted, here = name.strip().casefold(), ctx.place.community_id
        people = [one for one in await tx.spoken_for(ctx.place) if one.name.casefold() == wanted]
        if not people:
            raise Refused(say.NOBODY_SPOKEN_FOR, name=shown(name))
        called = people[0].name
        if not sure:
            kept = [(await tx.kept_of(one.id, here)).messages for one in people]
            asked = partial(say.forget_name_sure, called, sum(kept))
            return replied(asked, say.forget_name_offers(called, OFFER_LIMIT))
        erased = [await tx.forget(one, here, ctx.now) for one in people]
        return replied(partial(say.name_forgotten, called, sum(erased)))

    @command("answers undo", role=Role.HOST, private=True, of_own_place=True, shows_words=True)
    async def undo(self, ctx: Context, tx: Tx, *, chat: Recent) -> Reply:
        """Take back what you last did to a message: filed, picked, hidden or left as it was."""
        before = await tx.last_sorted(chat.id, ctx.person.id)
        if before is None:
            raise Refused(say.NOTHING_TO_UNDO)
        await _messages.need_own(ctx, tx, before.message_id)
        words = [
            *await _filed_again(ctx, tx, chat, before),
            *await _seen_again(ctx, tx, chat, before),
            *await _picked_again(tx, before),
        ]
        waits = await tx.report_anew(before)
        await tx.taken_back(before)
        row = await tx.message(before.message_id)
        said = row.text if row else ""
        return replied(partial(say.undone, said, words, waits=waits))


async def _filed_again(ctx: Context, tx: Tx, chat: Chat, before: AsItWas) -> list[Words]:
    """Put it where it was, if it was moved; gives where that is."""
    if (await tx.as_it_is(before.message_id)).filed_as(before):
        return []
    if chat.state is ChatState.SEALED:
        raise Refused(sentences.SEALED)
    running = await tx.running(chat.id)
    await tx.file_as_it_was(before, running.questions, ctx.now)
    if before.kind is MessageKind.COMMENT:
        return [say.COMMENT_AGAIN]
    under = [question for question in running.questions if question.id in before.questions]
    return [partial(say.under_again, running.series, under) if under else say.CONVERSATION_AGAIN]


async def _seen_again(ctx: Context, tx: Tx, chat: Chat, before: AsItWas) -> list[str]:
    if (await tx.as_it_is(before.message_id)).hidden == before.hidden:
        return []
    if before.hidden:
        await tx.hide(before.message_id, ctx.now, before.hidden_why)
        return [say.HIDDEN_AGAIN]
    await _messages.show_again(ctx, tx, before.message_id, chat)
    return [say.SEEN_AGAIN]


async def _picked_again(tx: Tx, before: AsItWas) -> list[str]:
    if (await tx.as_it_is(before.message_id)).picked_at == before.picked_at:
        return []
    await tx.pick(before.message_id, before.picked_at)
    return [say.PICKED_AGAIN if before.picked_at else say.PICKED_NO_MORE]

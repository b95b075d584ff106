"""The card: what can I do here, now, with my role."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from bot.commands import Cog, Context, Offer, Reply, command, replied
from bot.core import sentences
from bot.core.model import Chat, Role
from bot.core.sentences import sharing
from bot.core.sentences.desk import OPEN_DESK
from bot.core.tongue import Words, joined
from bot.core.which import Which
from bot.storage.store import Tx
from cogs import _setup

Live = Annotated[Chat | None, "Which chat", Which.LIVE]


class Card(Cog):
    """The one command to remember."""

    @command("", private=True)
    async def card(self, ctx: Context, tx: Tx, *, chat: Live = None) -> Reply:
        """Show what is on here, and what you can do now."""
        hosting = ctx.role >= Role.HOST
        guest, guest_offers = await _as_guest(ctx, tx, chat) if chat and not hosting else ("", ())
        lines, offers = await _chat_part(tx, chat, hosting) if chat else ((await _without_chat(ctx, tx),), ())
        late = await tx.chat_here(ctx.place.id, Which.RECENT)
        if late and late.state.hears_late_answers:
            lines = (*lines, partial(sentences.card_late, late, await tx.series(late.series_id)))
        if hosting and not await _setup.begun(tx, ctx.place.community_id):
            offers = (sentences.set_up_offer(), *offers)
        elif hosting and await tx.installed("address") and not (chat and chat.state.live):
            offers = (*offers, _DESK)
        own = () if hosting and offers else (_MY_WORDS,)
        return replied(joined(*lines, guest, sentences.CARD_HELP), (*offers, *guest_offers, *own))


_MY_WORDS = Offer(sentences.MY_WORDS, "privacy show")
_DESK = Offer(OPEN_DESK, "desk")


async def _as_guest(ctx: Context, tx: Tx, chat: Chat) -> tuple[Words, tuple[Offer, ...]]:
    """What hosts of a place that only joined this chat are told of it, and may do."""
    standing = await tx.standing(ctx.person, ctx.place, ctx.power, chat.id)
    series = await tx.series(chat.series_id)
    if not (standing.owners and standing.hosts_here):
        return "", ()
    muted = await tx.muted_in(series.id, ctx.place.id)
    told = partial(sharing.guest_of, series, standing.owners, ctx.place.name, muted=muted)
    return told, sharing.guest_offers(series, ctx.place, muted=muted)


async def _chat_part(tx: Tx, chat: Chat, hosting: bool) -> tuple[tuple[Words, ...], tuple[Offer, ...]]:
    series, questions = await tx.series(chat.series_id), await tx.questions(chat.id)
    if chat.state.live:
        current = next((one for one in questions if one.position == chat.asked), None)
        now = partial(sentences.card_live, chat, series, current, len(questions))
        lines = now, sentences.CARD_PAUSED if chat.paused_at else ""
        return lines, _steering(chat) if hosting else (Offer(sentences.CATCH_UP, "chat now"),)
    coming = partial(sentences.card_next, chat, series)
    if hosting and not questions:
        return (coming, sentences.CARD_UNPLANNED), (sentences.questions_offer(chat),)
    return (coming,), _preparing(chat) if hosting else ()


async def _without_chat(ctx: Context, tx: Tx) -> str:
    anything = await tx.series_here(ctx.place.id)
    return sentences.CARD_NO_SERIES if ctx.role >= Role.HOST and not anything else sentences.CARD_NOTHING


def _steering(chat: Chat) -> tuple[Offer, ...]:
    missing = Offer(sentences.WHO_IS_MISSING, f"answers unanswered chat={chat.id}")
    if chat.paused_at:
        return Offer(sentences.RESUME, f"chat resume chat={chat.id}"), missing
    step_on = Offer(sentences.NEXT_QUESTION, f"chat next chat={chat.id} after={chat.asked}")
    return step_on, Offer(sentences.PAUSE, f"chat pause chat={chat.id} after={chat.asked}"), missing


def _preparing(chat: Chat) -> tuple[Offer, ...]:
    return (
        Offer(sentences.RUN_SHEET, f"chat preview chat={chat.id}"),
        Offer(sentences.START_NOW, f"chat start chat={chat.id}"),
    )

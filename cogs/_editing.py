"""What becomes of a weekly chat when its hosts change it, by whichever command."""

from dataclasses import replace
from functools import partial

from bot.commands.declared import Context, Reply, replied
from bot.core import sentences
from bot.core.model import Refused, Series, Visibility
from bot.core.times.weekly import Times, Wishes
from bot.core.tongue import Words, joined
from bot.storage.store import Tx
from cogs import _coming, _readers, _rules


async def edited(ctx: Context, tx: Tx, series: Series, wishes: Wishes, times: Times) -> Reply:
    """Change a weekly chat as wished, lay its coming chats out anew, and show it as it is now."""
    await _rules.need_own(ctx, tx, series)
    if wishes == Wishes() and times == Times():
        raise Refused(sentences.EDIT_WHAT)
    doubt = await _readers.doubt(tx, series, wishes.readers)
    wishes = replace(wishes, readers=None) if doubt else wishes
    if doubt and wishes == Wishes() and times == Times():
        return doubt
    changed = wishes.of(series)
    longer = _taking(changed) != _taking(series)
    if _taking(changed)[1:] != _taking(series)[1:]:
        await _coming.need_none_on(tx, series)
    await tx.save_series(changed)
    remarks = await _let_read(tx, changed, series.visibility)
    kept = await _rules.change(ctx, tx, changed, times) if longer or times != Times() else []
    if longer:
        await _rules.lay_out_again(tx, changed, ctx.now)
    page = await _rules.page(tx, changed, ctx.now)
    still = partial(sentences.still_planned, kept, changed) if kept else ""
    asked = (doubt.told or doubt.text) if doubt else ""
    offers = (*sentences.still_planned_offers(kept), *(doubt.offers if doubt else ()))
    return replied(joined(page, *remarks, still, asked), offers)


def _taking(series: Series) -> tuple[object, ...]:
    """What decides how long its chats take."""
    return series.length, series.asks, series.days


async def _let_read(tx: Tx, series: Series, before: Visibility) -> list[Words]:
    readers = series.visibility
    return [] if readers is before else await _readers.let_read(tx, series, readers, before)

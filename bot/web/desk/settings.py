"""A weekly chat's settings: all that `series edit` changes, its breaks, and whether it rests."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from bot.commands.declared import Form
from bot.core.desk.settings_form import changed, conflicting
from bot.core.model import Place, Refused, Series
from bot.core.sentences import desk as sentences
from bot.core.times.recurrence import in_words
from bot.core.tongue import _, marked
from bot.web.desk.doing import Done, Fields, Said, answered, carried_out, number, page, shown
from bot.web.desk.door import Desk, place_of, series_at
from bot.web.pages.showing import WORDS
from bot.web.room.lines import FIELD, fields
from bot.web.site import Page, Site

WAS: Final = "was."
"""Begins the name of a field that holds what was shown."""
_EDIT: Final = "series edit"
_GATHERED: Final = "collecting"
_SPARE: Final = {
    "hashtag": marked("Its hashtag (may stay empty)"),
    "welcome": marked("What people are welcomed with (may stay empty)"),
    "about": marked("What its page tells newcomers (may stay empty)"),
    "ping": marked("Whom announcements call (may stay empty)"),
}
"""What fields are called that take something away where they are emptied, as no typed command can."""


async def settings(site: Site, request: Request) -> Response:
    """What can be set of a weekly chat."""
    return await shown(site, request, _draw)


async def change(site: Site, request: Request) -> Response:
    """Change what was changed in the form, and nothing else."""
    return await answered(site, request, _change, _draw)


async def leave_out(site: Site, request: Request) -> Response:
    """Leave out a date or a break."""
    return await answered(site, request, _leave_out, _draw)


async def _draw(site: Site, request: Request, desk: Desk, said: Said | None) -> Response:
    series, place = await _meant(site, request, desk)
    form = await _form(site, desk, place, series)
    shown_now = form.given
    if said and said.refused:
        form = replace(form, given={**form.given, **_as_sent(said.fields)})
    without = ("series",) if place.platform in site.store.collects else ("series", _GATHERED)
    made = [replace(one, label=_SPARE.get(one.name, one.label)) for one in fields(form, {}, without)]
    async with site.store.read() as tx:
        rules = [slot.rule for slot in await tx.slots(series.id)]
    beside = {"when": "; ".join(map(in_words, rules)), "zone": ", ".join(sorted({r.zone for r in rules}))}
    kept = {"was": shown_now, "prefix": FIELD, "kept": WAS}
    about = {"series": series, "beside": beside, "fields": made, **kept}
    return page(site, request, desk, "desk_series.html", said, **about, **WORDS)


async def _change(site: Site, request: Request, desk: Desk, filled: Fields) -> Done:
    series, place = await _meant(site, request, desk)
    form = await _form(site, desk, place, series)
    ticks = frozenset(p.name for p in form.command.params if p.kind.name == "yes or no")
    was = _some(filled, WAS)
    wanted = changed(was, _some(filled, FIELD), ticks)
    if conflicting(was, form.given, wanted):
        raise Refused(sentences.CHANGED_MEANWHILE)
    if not wanted:
        raise Refused(sentences.AS_IT_WAS)
    reply = await carried_out(site, desk, place, _EDIT, {"series": str(series.id), **wanted})
    return Done(reply, f"series/{series.id}/", wrong=_wrong(form, wanted, reply.text))


def _wrong(form: Form, wanted: Collection[str], refused: str) -> str:
    """The field that a refusal is about: the one that it names, or the only one that was changed."""
    named = [p.name for p in form.command.params if refused.startswith((f"{p.help}: ", f"{_(p.help)}: "))]
    found = [one for one in named if one in wanted] or (list(wanted) if len(wanted) == 1 else [])
    return f"{FIELD}{found[0]}" if found else ""


async def _leave_out(site: Site, request: Request, desk: Desk, filled: Fields) -> Done:
    series, place = await _meant(site, request, desk)
    given = {"dates": filled.get("dates", "").strip(), "series": str(series.id)}
    reply = await carried_out(site, desk, place, "series skip", given)
    return Done(reply, f"series/{series.id}/", wrong="dates")


async def _meant(site: Site, request: Request, desk: Desk) -> tuple[Series, Place]:
    async with site.store.read() as tx:
        series = await series_at(desk, tx, number(request, "series"))
        return series, await place_of(desk, tx, series)


async def _form(site: Site, desk: Desk, place: Place, series: Series) -> Form:
    return await site.tree.form_for(desk.asker(place), _EDIT, {"series": str(series.id)})


def _as_sent(filled: Mapping[str, str]) -> dict[str, str]:
    """What the form held when it was sent: a box without a tick, of which browsers tell nothing, too."""
    return dict.fromkeys(_some(filled, WAS), "") | _some(filled, FIELD)


def _some(filled: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {k.removeprefix(prefix): said for k, said in filled.items() if k.startswith(prefix)}


PAGES: Final = (
    Page("/desk/{community}/series/{series:int}/", settings),
    Page("/desk/{community}/series/{series:int}/", change, ("POST",)),
    Page("/desk/{community}/series/{series:int}/skip", leave_out, ("POST",)),
)

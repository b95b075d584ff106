"""Reporting an answer to the hosts: a page with a form for everybody who can read it, signed in or not."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core import sentences
from bot.core.model import Community
from bot.core.plain import storable
from bot.core.tongue import in_english
from bot.storage.archive.reporting import Reportable
from bot.storage.store import Tx
from bot.web.limits import neighbourhood
from bot.web.pages.showing import whose
from bot.web.reader import Reader
from bot.web.site import Page, Site

LONGEST: Final = 1_000
"""Characters of a reason."""
MOST_ANSWERS: Final = 20
"""Reports with which one address or member is heard in a day; more are thanked for, and hosts have peace."""
MOST_REASONS: Final = 3
"""Reasons that are heard from one address about one answer in a day: a whole school may share that."""
_DAY: Final = timedelta(days=1)
_MOST: Final = 10_000
_ID: Final = re.compile(r"[\w-]{1,64}", re.ASCII)


Report = tuple[str, int, str]
"""The database, the message in it, and who reports that: an address or a member."""


class Once:
    """Who reported what within a day, by address or member; kept in memory alone and never written down."""

    def __init__(self) -> None:
        self._said: dict[tuple[Report, int], datetime] = {}

    def again(self, report: Report, now: datetime, why: str = "") -> bool:
        """Whether this was reported by them already, or too much was; another reason may be another's."""
        for old in [one for one, at in self._said.items() if now - at >= _DAY or len(self._said) >= _MOST]:
            del self._said[old]
        database, _, whose = report
        by_them = sum(1 for (there, _, who), _ in self._said if (there, who) == (database, whose))
        reasons = {reason for this, reason in self._said if this == report}
        heard = not why or _sign(why) in reasons or len(reasons) >= MOST_REASONS
        return (heard and bool(reasons)) or by_them >= MOST_ANSWERS

    def note(self, report: Report, now: datetime, why: str = "") -> None:
        """They reported this; noted once hosts are sure to hear of it, or people were thanked for nothing."""
        self._said[report, _sign(why)] = now


def _sign(why: str) -> int:
    """What tells reasons apart, without their words."""
    return hash(" ".join(why.casefold().split()))


once = Once()
"""What was reported since the bot began to run."""


async def report_page(site: Site, request: Request) -> Response:
    """Show what is reported, and ask why."""
    async with site.store.read() as tx:
        community, who, found = await _found(site, request, tx)
    on_page, in_room = _where(site, request, found)
    return _ask(site, community, who, found, on_page if found.on_page else in_room)


async def report(site: Site, request: Request) -> Response:
    """Tell the hosts, and thank the reader."""
    form = await request.form()
    reason = storable(str(form.get("reason", "")), LONGEST + 1).strip()
    now, real = site.clock.now(), site.clock.real()
    async with site.store.begin() as tx:
        community, who, found = await _found(site, request, tx)
        this = _report(site, request, who, found)
        on_page, in_room = _where(site, request, found)
        back = on_page if found.on_page else in_room
        if len(reason) > LONGEST:
            return _ask(site, community, who, found, back, reason[:LONGEST], refused=True)
        why = "" if who.person else reason
        if new := not once.again(this, real, why):
            by = who.person.id if who.person else None
            about = await _said_to_hosts(request, tx, who)
            page, room = (sentences.reported_answer(about, site.url(at)) for at in (on_page, in_room))
            await tx.report(found.message_id, page, reason, by, now, there=room)
    if new:
        once.note(this, real, why)
    return site.answer("reported.html", community=community, reader=who, back=back, words=False)


@in_english
async def _said_to_hosts(request: Request, tx: Tx, who: Reader) -> str:
    """Which answer it is, as the bot tells hosts in their room, whatever this page speaks."""
    found = await tx.reportable(who.audience, request.path_params["id"])
    return found.about if found else ""


async def _found(site: Site, request: Request, tx: Tx) -> tuple[Community, Reader, Reportable]:
    """The answer that a path names; 404 for whoever may not read it."""
    public_id = request.path_params["id"]
    community, who = await whose(site, request, tx)
    found = await tx.reportable(who.audience, public_id) if _ID.fullmatch(public_id) else None
    if found is None:
        raise HTTPException(404)
    return community, who, found


def _where(site: Site, request: Request, found: Reportable) -> tuple[str, str]:
    """Where it stands on a page, and in a room if it was said in one."""
    on_page = site.path(found.owners, f"a/{request.path_params['id']}")
    return on_page, f"/room/{quote(found.room)}/" if found.room else on_page


def _report(site: Site, request: Request, who: Reader, found: Reportable) -> Report:
    """What is reported by whom: strangers are known by their address, which a whole school may share."""
    address = neighbourhood(request.client.host if request.client else "")
    whose = f"person {who.person.id}" if who.person else address
    return str(site.store.url), found.message_id, whose


def _ask(
    site: Site,
    community: Community,
    who: Reader,
    found: Reportable,
    back: str,
    reason: str = "",
    *,
    refused: bool = False,
) -> Response:
    status = 422 if refused else 200
    given: dict[str, Any] = {"found": found, "reason": reason, "longest": LONGEST, "refused": refused}
    given |= {"words": False, "back": back}
    return site.answer("report.html", status, community=community, reader=who, **given)


PAGES: Final = (
    Page("/{community}/a/{id}/report", report_page),
    Page("/{community}/a/{id}/report", report, ("POST",)),
)

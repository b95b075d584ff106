"""After a chat: its messages heap by heap, to be filed, picked and hidden, and its page to be let out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.core.desk.heaps import Heap, Pile, guessed, heap_named, piles, sortable
from bot.core.model import Chat, ChatState, Question, Series, Visibility
from bot.core.sentences.chat import letter
from bot.core.state import Running
from bot.core.unsorted import suggestions
from bot.storage.store import Tx
from bot.web.desk.doing import Said, beside, number, page, shown
from bot.web.desk.door import Desk, chat_at
from bot.web.desk.ways import ways
from bot.web.pages.showing import WORDS, page_readers
from bot.web.site import Page, Site

MOST: Final = 40
"""Messages on one page; the others are a step further."""


@dataclass(frozen=True, slots=True)
class Sorting:
    """A chat that somebody sorts: all of it as its host, or what was said in their place as its guests."""

    chat: Chat
    series: Series
    own: bool

    @property
    def files(self) -> bool:
        """Whether answers can still be filed elsewhere."""
        return self.chat.state is not ChatState.SEALED


async def after(site: Site, request: Request) -> Response:
    """One heap of a chat's messages, at first what is filed nowhere."""
    return await shown(site, request, draw)


async def sorting_at(request: Request, desk: Desk, tx: Tx) -> Sorting:
    """The chat that a path names, if people were heard for it; 404 unless some of it is for this host."""
    wanted = number(request, "chat")
    guest = await tx.chat(wanted) if desk.hosting and await tx.held_with(wanted, desk.community.id) else None
    series = await tx.series(guest.series_id) if guest and not guest.rehearsal else None
    if guest is not None and series is not None and series.community_id != desk.community.id:
        return Sorting(guest, series, own=False)
    chat, series = await chat_at(desk, tx, wanted)
    if not sortable(chat):
        raise HTTPException(404)
    return Sorting(chat, series, own=True)


async def draw(site: Site, request: Request, desk: Desk, said: Said | None) -> Response:
    """The page of a heap."""
    async with site.store.read() as tx:
        found = await sorting_at(request, desk, tx)
        state = await tx.running(found.chat.id)
        which = _heap(request, state.questions)
        about = await _lying(tx, request, desk, found, state, which)
        about["ways"] = await ways(site, tx, desk, found.chat, found.series)
        if found.own:
            about |= {**await _covered(tx, state), **await _let_out(site, tx, found)}
        undoable = await tx.last_sorted(found.chat.id, desk.person.id) is not None
    said = beside(said, [f"m{one.message_id}" for one in about["words"]])
    about["undoable"] = undoable
    place = {"found": found, "chat": found.chat, "series": found.series, "letter": letter(found.series, 0)}
    return page(site, request, desk, "desk_after.html", said, **place, **about, **WORDS)


async def _lying(
    tx: Tx, request: Request, desk: Desk, found: Sorting, state: Running, which: Heap | Question
) -> dict[str, Any]:
    """What lies in a heap, beside how much lies in each."""
    past, chat_id, here = _past(request), found.chat.id, desk.community.id
    words = await tx.heap(chat_id, here, which, past, MOST + 1)
    if which is Heap.UNSORTED:
        talk, answered = await tx.talk(chat_id), await tx.answered(chat_id)
        likely = {one.talk.message_id for one in suggestions(talk, state.questions, answered)}
        words = guessed(words, state.questions, frozenset(likely))
    counts, answers = await tx.in_heaps(chat_id, here), await tx.under_questions(chat_id, here)
    every = piles(state.questions, counts, answers)
    return {
        "words": words[:MOST],
        "more": len(words) > MOST,
        "past": past,
        "piles": every,
        "pile": _pile(which, every),
        "asked": tuple(one for one in state.questions if one.asked_at),
    }


async def _covered(tx: Tx, state: Running) -> dict[str, Any]:
    """Whom the hosts' panel names: who spoke without an answer, who was here for the first time."""
    answered, speakers = await tx.answered(state.chat.id), await tx.speakers(state.chat.id)
    some = {who for who, _ in answered}
    current = state.current if state.chat.state.live else None
    now = {who for who, what in answered if current and what == current.id}
    return {
        "quiet": [one.name for one in speakers if one.person_id not in some],
        "missing": [one.name for one in speakers if current and one.person_id not in now],
        "current": current,
        "new": [one.name for one in await tx.first_timers(state.chat)],
    }


async def _let_out(site: Site, tx: Tx, found: Sorting) -> dict[str, Any]:
    """For whom the page is let out, and the link that opens it for whoever has that."""
    readers = await page_readers(tx, found.chat, found.series)
    path = await tx.path_by_link(found.chat, found.series) if readers is Visibility.LINK else ""
    return {"readers": str(readers), "link": site.url(path) if path else ""}


def _heap(request: Request, questions: tuple[Question, ...]) -> Heap | Question:
    found = heap_named(request.path_params.get("heap", str(Heap.UNSORTED)), questions)
    if found is None:
        raise HTTPException(404)
    return found


def _past(request: Request) -> int:
    return number(request, "past") if "past" in request.path_params else 0


def _pile(which: Heap | Question, every: tuple[Pile, ...]) -> Pile:
    """The heap that is open, which may be empty."""
    key = str(which) if isinstance(which, Heap) else f"q{which.position}"
    question = which if isinstance(which, Question) else None
    return next((one for one in every if one.key == key), Pile(key, 0, question))


PAGES: Final = (
    Page("/desk/{community}/chat/{chat:int}/after/", after),
    Page("/desk/{community}/chat/{chat:int}/after/{heap}/", after),
    Page("/desk/{community}/chat/{chat:int}/after/{heap}/{past:int}/", after),
)

"""A chat's plan: its topic, its questions with the times at which they come, its date, its guest hosts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from bot.commands.declared import Reply
from bot.core.desk import plan_form
from bot.core.desk.marks import mark
from bot.core.desk.plan_form import Filled, Wish
from bot.core.desk.sheet import sheet, tells_at_once
from bot.core.grammar import LINE_LIMIT
from bot.core.model import Chat, Offer, Place, Question, Refused, Series
from bot.core.sentences import desk as sentences
from bot.core.sentences.chat import letter
from bot.core.sentences.steering import ANNOUNCED_NOW, LOOK, put_back
from bot.core.state import Running
from bot.core.telling import announcing
from bot.core.times.clockface import local
from bot.core.tongue import ENGLISH, _, speaking, spoken
from bot.web.desk.doing import Done, Fields, Said, answered, carried_out, in_field, number, page, shown
from bot.web.desk.door import Desk, chat_at, place_of
from bot.web.desk.ways import ways
from bot.web.pages.showing import WORDS
from bot.web.site import Page, Site

_KEPT: Final = LOOK, ANNOUNCED_NOW
"""What is said of an answer's further lines: doubts, and news."""


async def plan(site: Site, request: Request) -> Response:
    """The plan of one chat."""
    return await shown(site, request, _draw)


async def keep(site: Site, request: Request) -> Response:
    """Store what was filled in: topic, words, order, one more, one less."""
    return await answered(site, request, _keep, _draw)


async def settle(site: Site, request: Request) -> Response:
    """Move the chat, skip its date, call it off, or invite somebody to host it."""
    return await answered(site, request, _settle, _draw)


async def _draw(site: Site, request: Request, desk: Desk, said: Said | None) -> Response:
    async with site.store.read() as tx:
        chat, series = await chat_at(desk, tx, number(request, "chat"))
        state = await tx.running(chat.id)
        guests = await tx.guests(chat.id, desk.community.id)
        found = await ways(site, tx, desk, chat, series)
    said = said and _placed(said, {one.position for one in state.questions})
    about: dict[str, Any] = {
        "chat": chat,
        "series": series,
        "sheet": sheet(state),
        "letter": letter(series, 0),
        "guests": guests,
        "ways": found,
        "tells": tells_at_once(state, site.clock.now()),
        "announcement": _announcement(state) if chat.state.ahead else "",
        "filled": said.fields if said and said.refused else {},
        "now": site.clock.now(),
    }
    return page(site, request, desk, "desk_plan.html", said, **about, **WORDS)


def _placed(said: Said, there: Collection[int]) -> Said:
    """What is said of a form, about a field that the page has: a question may be gone meanwhile."""
    if not said.refused:
        return said
    gone = said.wrong.startswith(plan_form.TEXT) and said.wrong not in {f"{plan_form.TEXT}{k}" for k in there}
    fields = plan_form.with_all_words(said.fields, there)
    return replace(said, fields=fields, wrong=plan_form.NEW if gone else said.wrong)


def _announcement(state: Running) -> str:
    """What the bot will say in the chat: in its own language, whatever this page speaks."""
    with speaking(ENGLISH):
        return announcing(state).text


async def _keep(site: Site, request: Request, desk: Desk, fields: Fields) -> Done:
    chat, series, place = await _meant(site, request, desk)
    filled = plan_form.read(fields, letter(series, 0))
    with in_field(plan_form.TOPIC):
        plan_form.need_same_topic(filled, chat.topic)
    async with site.store.read() as tx:
        state = await tx.running(chat.id)
    with in_field(plan_form.NEW):
        plan_form.need_room(filled, state, site.clock.now())
    done = await _all(site, desk, place, chat, plan_form.wordings(filled))
    if not _refused(done):
        async with site.store.read() as tx:
            questions = await tx.questions(chat.id)
        done += await _all(site, desk, place, chat, plan_form.rearranging(filled, questions))
    back = f"chat/{chat.id}/{_mark(filled)}"
    if _refused(done):
        wish, reply = done[-1]
        return Done(reply, back, wish.field)
    words = await _words(site, done, filled, state) or _(sentences.AS_IT_WAS)
    offers = await _back(site, chat, _removed(done, filled, state))
    return Done(Reply(words, offers, language=_language(done)), back)


def _removed(done: Sequence[tuple[Wish, Reply]], filled: Filled, state: Running) -> list[Question]:
    """What was taken out, with the number that it had last: the same form may have moved it before."""
    numbers = [int(wish.given["number"]) for wish, _reply in done if wish.path == "question remove"]
    was = [one for one in state.questions if one.position == filled.remove]
    return [replace(one, position=number) for one, number in zip(was, numbers, strict=False)]


async def _back(site: Site, chat: Chat, removed: Sequence[Question]) -> tuple[Offer, ...]:
    """What puts a question back that was just taken out."""
    if not removed:
        return ()
    async with site.store.read() as tx:
        seen = mark(await tx.questions(chat.id))
    return tuple(put_back(chat, one, seen, LINE_LIMIT) for one in removed)


async def _all(
    site: Site, desk: Desk, place: Place, chat: Chat, wishes: Iterable[Wish]
) -> list[tuple[Wish, Reply]]:
    """Carry out one command after the other, up to the first that is refused."""
    done: list[tuple[Wish, Reply]] = []
    for wish in wishes:
        given = {**wish.given, "chat": str(chat.id)}
        done.append((wish, await carried_out(site, desk, place, wish.path, given)))
        if done[-1][1].refused:
            break
    return done


async def _settle(site: Site, request: Request, desk: Desk, fields: Fields) -> Done:
    chat, series, place = await _meant(site, request, desk)
    acts = {"move": _move, "skip": _skip, "cancel": _cancel, "invite": _invite}
    act = acts.get(fields.get("act", ""))
    if act is None:
        raise Refused(sentences.NOT_ON_DESK)
    wish, back = act(chat, series, fields)
    reply = await carried_out(site, desk, place, wish.path, wish.given)
    return Done(reply, back, wish.field)


def _move(chat: Chat, _series: Series, fields: Fields) -> tuple[Wish, str]:
    given = {"date": str(chat.id), "to": fields.get("to", "").strip()}
    return Wish("series move", given, "to"), f"chat/{chat.id}/"


def _skip(chat: Chat, series: Series, _fields: Fields) -> tuple[Wish, str]:
    day = local(chat.starts_at, chat.zone).date().isoformat()
    return Wish("series skip", {"dates": day, "series": str(series.id)}), ""


def _cancel(chat: Chat, _series: Series, fields: Fields) -> tuple[Wish, str]:
    given = {"reason": fields.get("reason", "").strip(), "chat": str(chat.id)}
    return Wish("chat cancel", given), f"chat/{chat.id}/"


def _invite(chat: Chat, _series: Series, fields: Fields) -> tuple[Wish, str]:
    given = {"person": fields.get("person", "").strip(), "chat": str(chat.id)}
    return Wish("host invite", given, "person"), f"chat/{chat.id}/"


async def _meant(site: Site, request: Request, desk: Desk) -> tuple[Chat, Series, Place]:
    async with site.store.read() as tx:
        chat, series = await chat_at(desk, tx, number(request, "chat"))
        return chat, series, await place_of(desk, tx, series)


def _refused(done: Sequence[tuple[Wish, Reply]]) -> bool:
    return bool(done) and done[-1][1].refused


async def _words(site: Site, done: Sequence[tuple[Wish, Reply]], filled: Filled, state: Running) -> str:
    """What was done, a line each, without the run sheet, which stands on the page anyway."""
    short = {plan_form.TOPIC: _(sentences.TOPIC_NOW).format(topic=filled.topic)}
    if len(filled.added) > 1:
        async with site.store.read() as tx:
            last = max(one.position for one in await tx.questions(state.chat.id))
        first, q = last - len(filled.added) + 1, letter(state.series, 0)
        short[plan_form.NEW] = _(sentences.ADDED).format(first=f"{q}{first}", last=f"{q}{last}")
    lines: dict[str, None] = {}
    begun = tuple(_(one).partition("{")[0] for one in _KEPT)
    for wish, reply in done:
        head, *more = [reply.text] if wish.path == "question remove" else reply.text.splitlines()
        kept = (line for line in more if line.startswith(begun))
        lines |= dict.fromkeys([short.get(wish.field, head), *kept])
    return "\n".join(lines)


def _language(done: Iterable[tuple[Wish, Reply]]) -> str:
    """In which language the answers are: the page's, unless one is not."""
    ours = spoken().code
    return next((reply.language for _wish, reply in done if reply.language != ours), ours)


def _mark(filled: Filled) -> str:
    """Where the page is opened again: at the question that was moved, else at its top."""
    return f"#q{filled.order.index(filled.move) + 1}" if filled.move in filled.order else ""


PAGES: Final = (
    Page("/desk/{community}/chat/{chat:int}/", plan),
    Page("/desk/{community}/chat/{chat:int}/", keep, ("POST",)),
    Page("/desk/{community}/chat/{chat:int}/settle", settle, ("POST",)),
)

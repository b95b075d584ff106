"""What search engines are told of a chat: a discussion with some of its answers, or an event to come."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import chain, islice
from typing import Any

from bot.core.archive.chat_page import Answer, Answered, ChatPage, Listed
from bot.core.archive.parts import Part, Parts
from bot.core.archive.shared_links import words_alone
from bot.core.model import Chat, ChatState
from bot.core.times.clockface import local
from bot.core.veils import masked

MOST_ANSWERS = 3
"""Answers of one question that are told: those that were picked before others."""
_ONLINE = "https://schema.org/OnlineEventAttendanceMode"
_CANCELLED = "https://schema.org/EventCancelled"
_SCHEDULED = "https://schema.org/EventScheduled"

Data = dict[str, Any]
Address = Callable[[str], str]
"""Gives what leads to an answer, by its id."""


def event(listed: Listed, url: str, hosts: tuple[str, ...] = ()) -> Data:
    """A chat as an event; times as its zone's clocks show them."""
    chat = listed.chat
    called_off = chat.state is ChatState.CANCELLED
    data: Data = {
        "@type": "Event",
        "name": listed.title,
        "startDate": local(chat.starts_at, chat.zone).isoformat(),
        "endDate": local(chat.ends_at, chat.zone).isoformat(),
        "eventAttendanceMode": _ONLINE,
        "eventStatus": _CANCELLED if called_off else _SCHEDULED,
        "location": {"@type": "VirtualLocation", "url": url},
    }
    people = [_person(name) for name in hosts]
    return data | ({"organizer": people} if people else {})


def announcement(page: ChatPage, url: str, about: str) -> Data:
    """What is told of a chat to come, and of one that was called off."""
    told = {"@context": "https://schema.org", **event(page, url, page.hosts)}
    return told | ({"description": about} if about else {})


def discussion(page: ChatPage, url: str, about: str, parts: Parts, lasting: str = "") -> Data:
    """What is told of a chat that was held: questions with some of their answers, comments below them.

    `lasting` begins the permalinks of answers, where there are such.
    """
    chat, part = page.chat, parts.part() or Part(())
    to = partial(_at, url, part, lasting)
    data: Data = {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "@id": f"{url}#chat",
        "url": url,
        "headline": page.title,
        "text": about,
        "datePublished": local(chat.starts_at, chat.zone).isoformat(),
        "author": [_person(name) for name in page.hosts]
        or {"@type": "Organization", "name": page.community.name},
        "about": event(page, url, page.hosts),
        "commentCount": len(page.words),
    }
    return _with_comments(data, [_question(asked, page, url, part, to) for asked in page.questions])


def _question(asked: Answered, page: ChatPage, url: str, part: Part, to: Address) -> Data:
    at = asked.question.asked_at or page.chat.starts_at
    told = islice(chain(*asked.parted), MOST_ANSWERS)
    author = _person(page.hosts[0]) if page.hosts else {"@type": "Organization", "name": page.community.name}
    data: Data = {
        "@type": "Comment",
        "url": f"{url}{part.to_question(asked.question.position)}#q{asked.question.position}",
        "text": masked(asked.question.text),
        "datePublished": local(at, page.chat.zone).isoformat(),
        "author": author,
    }
    return _with_comments(data, [_answer(one, page.chat, to) for one in told])


def _at(url: str, part: Part, lasting: str, public_id: str) -> str:
    return f"{lasting}{public_id}" if lasting else f"{url}{part.to_answer(public_id)}#a-{public_id}"


def _answer(one: Answer, chat: Chat, to: Address) -> Data:
    data: Data = {
        "@type": "Comment",
        "url": to(one.public_id),
        "text": words_alone(one.html),
        "datePublished": local(one.said_at, chat.zone).isoformat(timespec="seconds"),
        "author": _person(one.name),
    }
    return _with_comments(data, [_answer(comment, chat, to) for comment in one.comments])


def _with_comments(data: Data, below: list[Data]) -> Data:
    return data | ({"comment": below} if below else {})


def _person(name: str) -> Data:
    return {"@type": "Person", "name": name}

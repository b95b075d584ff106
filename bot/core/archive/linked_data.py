"""What search engines are told of a chat: a discussion with some of its answers, or an event to come."""

from __future__ import annotations

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
    """What is told of a chat to come."""
    return {"@context": "https://schema.org", **event(page, url, page.hosts), "description": about}


def discussion(page: ChatPage, url: str, about: str, parts: Parts) -> Data:
    """What is told of a chat that was held: questions with some of their answers, comments below them."""
    chat, part = page.chat, parts.part() or Part(())
    return {
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
        "comment": [_question(asked, page, url, part) for asked in page.questions],
    }


def _question(asked: Answered, page: ChatPage, url: str, part: Part) -> Data:
    at = asked.question.asked_at or page.chat.starts_at
    told = islice(chain(*asked.parted), MOST_ANSWERS)
    author = _person(page.hosts[0]) if page.hosts else {"@type": "Organization", "name": page.community.name}
    return {
        "@type": "Comment",
        "url": f"{url}{part.to_question(asked.question.position)}#q{asked.question.position}",
        "text": masked(asked.question.text),
        "datePublished": local(at, page.chat.zone).isoformat(),
        "author": author,
        "comment": [_answer(one, page.chat, url, part) for one in told],
    }


def _answer(one: Answer, chat: Chat, url: str, part: Part) -> Data:
    data: Data = {
        "@type": "Comment",
        "url": f"{url}{part.to_answer(one.public_id)}#a-{one.public_id}",
        "text": words_alone(one.html),
        "datePublished": local(one.said_at, chat.zone).isoformat(timespec="seconds"),
        "author": _person(one.name),
    }
    below = [_answer(comment, chat, url, part) for comment in one.comments]
    return data | ({"comment": below} if below else {})


def _person(name: str) -> Data:
    return {"@type": "Person", "name": name}

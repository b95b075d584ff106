"""What became of words that were heard before an absence: changed, taken back, given a digit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

import discord

from bot.core.hearing import Heard
from bot.core.model import Place
from bot.platforms.discord.authors import Authors, Room
from bot.platforms.discord.translating import Translator, by_people, digit
from bot.storage.heard.remembered import Put, Remembered

PAGE: Final = 100

Found = dict[int, discord.Message]


class LookingAgain:
    """Compares one place with our books; only pages are read in which something of ours stands."""

    def __init__(
        self,
        place: Place,
        room: Room,
        threads: Sequence[discord.Thread],
        authors: Authors,
        translator: Translator,
        *,
        whole: bool,
    ) -> None:
        """Look in a room and its threads, of which there are no more if they are the `whole`."""
        self._place, self._room, self._whole = place, room, whole
        self._threads = {one.id: one for one in threads}
        self._authors, self._translator = authors, translator

    async def changes(self, remembered: Sequence[Remembered], posted: Sequence[str]) -> list[Heard]:
        """Everything that was not heard of words that stand in our books, and of the questions' posts."""
        known = {int(one.native_id): one for one in remembered if one.native_id.isdecimal()}
        posts = {int(one) for one in posted if one.isdecimal()}
        seen, gone = await self._find(known, posts)
        words = await self._edits(known, seen)
        digits = [
            await self._digits(known[number], seen[number]) for number in sorted(known.keys() & seen.keys())
        ]
        lost: list[Heard] = [self._translator.deletion_of(number) for number in sorted(gone)]
        return [*words, *(one for some in digits for one in some), *lost]

    # -- where they stand -------------------------------------------------------------------------

    async def _find(self, known: dict[int, Remembered], posts: set[int]) -> tuple[Found, set[int]]:
        """The messages that are there, and the ids of those that surely are not."""
        loose, threaded = set(posts), defaultdict[int, set[int]](set)
        for number, one in known.items():
            (threaded[int(one.thread)] if one.thread else loose).add(number)
        seen = await _covering(self._room, loose)
        gone = loose - seen.keys()
        for thread_id, ids in threaded.items():
            there = await self._covering_thread(thread_id, ids)
            seen |= there or {}
            gone |= ids - there.keys() if there is not None else set()
        for thread in self._threads.values():  # words in threads that hang on no question
            if here := gone - posts:
                there = await _covering(thread, {one for one in here if one <= (thread.last_message_id or 0)})
                seen |= there
                gone -= there.keys()
        return seen, gone if self._whole else gone & (posts | _of_threads(threaded))

    async def _covering_thread(self, thread_id: int, ids: set[int]) -> Found | None:
        """What stands in a question's thread; None when the thread is gone, whose words stay in our books."""
        thread = self._threads.get(thread_id) or self._room.guild.get_thread(thread_id)
        try:
            if thread is None:
                fetched = await self._room.guild.fetch_channel(thread_id)
                thread = fetched if isinstance(fetched, discord.Thread) else None
            return await _covering(thread, ids) if thread is not None else None
        except (discord.NotFound, discord.Forbidden):
            return None

    # -- what is heard of them --------------------------------------------------------------------

    async def _edits(self, known: dict[int, Remembered], seen: Found) -> list[Heard]:
        edited = [
            one
            for number, one in sorted(seen.items())
            if by_people(one) and one.edited_at is not None and self._is_news(one, known.get(number))
        ]
        authors = await self._authors.writers(self._place, self._room, edited)
        heard = (self._translator.edit_of(one, authors[one.id]) for one in edited)
        return [one for one in heard if one is not None]

    def _is_news(self, message: discord.Message, before: Remembered | None) -> bool:
        """Whether an edit may change something; what no chat kept so far may be an answer now."""
        if message.edited_at is None or before is None:
            return True
        later = before.edited_at is None or self._translator.at(message.edited_at) > before.edited_at
        return later and message.content.strip() != before.text.strip()

    async def _digits(self, before: Remembered, message: discord.Message) -> list[Heard]:
        """Digits put and taken off meanwhile; what a host filed otherwise stays where it is."""
        if before.settled:
            return []
        on = {number: one for one in message.reactions if (number := digit(one.emoji)) and _by_others(one)}
        off = [put for put in before.put if put.number not in on]
        new = [on[number] for number in _later([*on], {put.number for put in before.put})]
        return [*await self._taken_off(message, off), *await self._put_on(message, new)]

    async def _taken_off(self, message: discord.Message, off: Sequence[Put]) -> list[Heard]:
        heard: list[Heard] = []
        for put in off:
            author = await self._authors.named(self._place, self._room, int(put.person))
            if author is not None:
                heard.append(self._translator.reaction_of(message.id, author, put.number, removed=True))
        return heard

    async def _put_on(self, message: discord.Message, new: Sequence[discord.Reaction]) -> list[Heard]:
        heard: list[Heard] = []
        for one in new:
            users = [user async for user in one.users() if not user.bot]
            authors = await self._authors.find(self._place, self._room, users)
            heard += [
                self._translator.reaction_of(message.id, author, digit(one.emoji))
                for author in authors.values()
            ]
        return heard


async def _covering(room: Room, ids: Iterable[int]) -> Found:
    """The pages of a room in which these messages stand, or stood."""
    seen: Found = {}
    rest = sorted(ids)
    while rest:
        after = discord.Object(rest[0] - 1)
        page = [one async for one in room.history(limit=PAGE, after=after, oldest_first=True)]
        seen |= {one.id: one for one in page}
        if len(page) < PAGE:
            break
        rest = [one for one in rest if one > page[-1].id]
    return seen


def _later(numbers: list[int], counting: set[int]) -> list[int]:
    """The digits that came after the one that counts: in Discord's order, those before it gave way to it."""
    return numbers[max((numbers.index(one) + 1 for one in counting if one in numbers), default=0) :]


def _of_threads(threaded: dict[int, set[int]]) -> set[int]:
    return {number for ids in threaded.values() for number in ids}


def _by_others(reaction: discord.Reaction) -> bool:
    return reaction.count > (1 if reaction.me else 0)

"""Marks of hosts on whoever wrote words without a name: one for each answer, taken off by its key alone."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, and_, func, select, update

from bot.core import sentences
from bot.core.model import Refused
from bot.storage.queries import Queries
from bot.storage.schema import tables as t

_M = t.member.c


class NamelessMarks(Queries):
    """What is asked of such marks; one key for all answers of somebody would tell that they are theirs."""

    async def hold_for(self, community_id: int, person_id: int, answer: str) -> None:
        """Let hosts see first what the writer of a nameless answer, by its native id, says without a name."""
        await self._mark_for(_M.held_nameless, community_id, person_id, answer)

    async def shut_out_for(self, community_id: int, person_id: int, answer: str) -> None:
        """Let the writer of a nameless answer in no more."""
        await self._mark_for(_M.banned_nameless, community_id, person_id, answer)

    async def lift(self, community_id: int, key: str) -> int | None:
        """Take off the mark that has this key; gives who was held by it and is by no other, if anybody."""
        released = None
        for mark in (_M.held_nameless, _M.banned_nameless):
            here = and_(_M.community_id == community_id, func.instr(mark, key) > 0)
            for row in await self._rows(select(_M.person_id, mark.label("marks")).where(here)):
                marks = keys_of(row.marks)
                left = [one for one in marks if one != key]
                if len(left) < len(marks):
                    await self._mark(community_id, row.person_id, {mark.name: " ".join(left) or None})
                    released = row.person_id if mark is _M.held_nameless and not left else released
        return released

    async def _mark_for(self, mark: Column[Any], community_id: int, person_id: int, answer: str) -> None:
        its = and_(_M.community_id == community_id, _M.person_id == person_id)
        keys = {*keys_of(await self._value(select(mark).where(its))), _key(mark, answer)}
        await self._mark(community_id, person_id, {mark.name: " ".join(sorted(keys))})

    async def _mark(self, community_id: int, person_id: int, marks: Mapping[str, object]) -> None:
        its = and_(_M.community_id == community_id, _M.person_id == person_id)
        if not await self._do(update(t.member).where(its).values(**marks)):
            raise Refused(sentences.NO_MEMBER)


def keys_of(stored: str | None) -> tuple[str, ...]:
    """The keys of somebody's marks without a name."""
    return tuple((stored or "").split())


def _key(mark: Column[Any], answer: str) -> str:
    """The key of a mark for this answer: whoever guesses it knows the answer, and nothing of its writer."""
    return hashlib.sha256(f"{mark.name} {answer}".encode()).hexdigest()[:16]

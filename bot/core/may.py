"""Who may do what: the one room in which it is decided."""

from dataclasses import dataclass

from bot.core import sentences
from bot.core.model import Refused, Role


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of somebody who asks: native power here, and what our own books say."""

    power: Role = Role.ANYONE
    community_host: bool = False
    steers_here: bool = True
    guest_of: frozenset[int] = frozenset()


def role(standing: Standing, chat_id: int | None = None) -> Role:
    """The role of this person for this chat; a place that only joined a series has no say in steering."""
    if standing.power is Role.OWNER:
        return Role.OWNER
    if standing.steers_here and (standing.community_host or standing.power is Role.HOST):
        return Role.HOST
    return Role.HOST if chat_id is not None and chat_id in standing.guest_of else Role.ANYONE


def may(needed: Role, standing: Standing, chat_id: int | None = None) -> Role:
    """Refuse what the person's role does not allow, else say which role they act in."""
    has = role(standing, chat_id)
    if has < needed:
        raise Refused(sentences.ONLY_OWNER if needed is Role.OWNER else sentences.ONLY_HOSTS)
    return has

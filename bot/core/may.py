"""Who may do what: the one room in which it is decided."""

from dataclasses import dataclass
from functools import partial

from bot.core import sentences
from bot.core.model import Refused, Role
from bot.core.sentences import sharing


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of somebody who asks: native power here, and what our own books say.

    A place that only joined a chat has no say in steering it: `owners` names the community whose it is.
    """

    power: Role = Role.ANYONE
    community_host: bool = False
    steers_here: bool = True
    guest_of: frozenset[int] = frozenset()
    owners: str = ""

    @property
    def hosts_here(self) -> bool:
        """Whether the place is theirs to look after, whoever steers the chat."""
        return self.community_host or self.power >= Role.HOST


def role(standing: Standing, chat_id: int | None = None) -> Role:
    """The role of this person for this chat; a place that only joined a series has no say in steering."""
    if standing.power is Role.OWNER:
        return Role.OWNER
    if standing.steers_here and standing.hosts_here:
        return Role.HOST
    return Role.HOST if chat_id is not None and chat_id in standing.guest_of else Role.ANYONE


def may(needed: Role, standing: Standing, chat_id: int | None = None, *, of_own_place: bool = False) -> Role:
    """Refuse what the person's role does not allow, else say which role they act in.

    What is done `of_own_place` alone, to words said there, hosts of a place that joined may do as well:
    they act in no more than everybody's role, and the command looks after whose words they are.
    """
    has = role(standing, chat_id)
    if has >= needed or (of_own_place and needed is Role.HOST and standing.hosts_here):
        return has
    if needed is Role.OWNER:
        raise Refused(sentences.ONLY_OWNER)
    if standing.owners and standing.hosts_here:
        raise Refused(partial(sharing.only_hosts_of, standing.owners))
    raise Refused(sentences.ONLY_HOSTS)

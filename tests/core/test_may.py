"""Who may do what: native power, our own books, and guests for one chat."""

from __future__ import annotations

import pytest

from bot.core import sentences
from bot.core.may import Standing, may, role
from bot.core.model import Refused, Role

GUEST = Standing(guest_of=frozenset({7}))


@pytest.mark.parametrize(
    ("standing", "chat", "has"),
    [
        (Standing(), None, Role.ANYONE),
        (Standing(power=Role.HOST), None, Role.HOST),
        (Standing(power=Role.HOST, steers_here=False), 7, Role.ANYONE),
        (Standing(power=Role.OWNER, steers_here=False), 7, Role.OWNER),
        (Standing(community_host=True), 7, Role.HOST),
        (Standing(community_host=True, steers_here=False), 7, Role.ANYONE),
        (GUEST, 7, Role.HOST),
        (GUEST, 8, Role.ANYONE),
        (GUEST, None, Role.ANYONE),
    ],
)
def test_the_role_of_somebody_for_a_chat(standing: Standing, chat: int | None, has: Role) -> None:
    assert role(standing, chat) is has
    assert may(has, standing, chat) is has


def test_what_a_role_does_not_allow_is_refused_with_whom_to_ask() -> None:
    with pytest.raises(Refused) as hosts:
        may(Role.HOST, GUEST, 8)
    with pytest.raises(Refused) as owner:
        may(Role.OWNER, GUEST, 7)
    assert (str(hosts.value), str(owner.value)) == (sentences.ONLY_HOSTS, sentences.ONLY_OWNER)

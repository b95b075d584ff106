"""Who may do what: native power, our own books, and guests for one chat."""

from __future__ import annotations

import pytest

from bot.core import sentences
from bot.core.may import Standing, may, role
from bot.core.model import Refused, Role
from bot.core.sentences import sharing

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


GUEST_HOST = Standing(power=Role.HOST, steers_here=False, owners="Commons")


def test_a_host_of_a_guest_place_is_told_whose_chat_it_is_and_nobody_else_is() -> None:
    with pytest.raises(Refused) as host:
        may(Role.HOST, GUEST_HOST, 7)
    with pytest.raises(Refused) as anyone:
        may(Role.HOST, Standing(steers_here=False, owners="Commons"), 7)
    with pytest.raises(Refused) as owner:
        may(Role.OWNER, GUEST_HOST, 7)
    assert str(host.value) == sharing.only_hosts_of("Commons")
    assert str(anyone.value) == sentences.ONLY_HOSTS
    assert str(owner.value) == sentences.ONLY_OWNER


@pytest.mark.parametrize(
    ("standing", "allowed"),
    [
        (GUEST_HOST, True),
        (Standing(community_host=True, steers_here=False), True),
        (Standing(steers_here=False), False),
        (Standing(), False),
    ],
)
def test_what_is_done_to_words_of_their_own_place_hosts_of_a_guest_place_may_do_in_everybodys_role(
    standing: Standing, allowed: bool
) -> None:
    if allowed:
        assert may(Role.HOST, standing, 7, of_own_place=True) is Role.ANYONE
        return
    with pytest.raises(Refused):
        may(Role.HOST, standing, 7, of_own_place=True)


def test_the_owners_own_commands_are_never_of_a_place() -> None:
    with pytest.raises(Refused):
        may(Role.OWNER, Standing(power=Role.HOST), of_own_place=True)


def test_what_a_role_does_not_allow_is_refused_with_whom_to_ask() -> None:
    with pytest.raises(Refused) as hosts:
        may(Role.HOST, GUEST, 8)
    with pytest.raises(Refused) as owner:
        may(Role.OWNER, GUEST, 7)
    assert (str(hosts.value), str(owner.value)) == (sentences.ONLY_HOSTS, sentences.ONLY_OWNER)

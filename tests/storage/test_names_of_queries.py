"""A transaction is made of many rooms: none may take a name that means something else to another."""

from __future__ import annotations

import inspect
from collections import defaultdict

from bot.storage.store import Tx


def test_a_query_that_takes_anothers_name_hands_on_to_it() -> None:
    rooms: defaultdict[str, list[type]] = defaultdict(list)
    for room in Tx.__mro__[:-1]:
        for name in vars(room):
            if not name.startswith("__"):
                rooms[name].append(room)
    shared = {name: found[:-1] for name, found in rooms.items() if len(found) > 1}
    assert shared  # some do hand on: a search that finds none looks in the wrong place
    silent = [
        f"{room.__name__}.{name}"
        for name, found in shared.items()
        for room in found
        if f"super().{name}(" not in inspect.getsource(getattr(room, name))
    ]
    assert silent == []

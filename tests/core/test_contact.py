"""A contact line goes with the person whose own it is, and stays where it is an office's."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.core.contact import is_contact_of
from bot.core.model import Person

ANA = Person(1, "matrix", "@al:school.example", "Ana Lund", "Owl", ("Annie",))


@pytest.mark.parametrize(
    "contact",
    [
        "Ana Lund",
        "ana lund, room 12",
        "Lund, Ana (mornings)",
        "ana.lund@school.example",
        "Write to <ana_lund@school.example>",
        "Owl",
        "Maths: owl, or the office",
        "@annie on Discord",
        "Annie - hall@school.example",
        "@al:school.example",
    ],
)
def test_a_contact_that_is_somebodys_name_or_handle_is_theirs(contact: str) -> None:
    assert is_contact_of(ANA, contact)


@pytest.mark.parametrize(
    "contact",
    [
        "",
        "owl@school.example",
        "The owl house",
        "Ana Berg",
        "office@ana-lund.example",
        "annie.berg@school.example",
        "al@school.example",
        "fannie@school.example",
    ],
)
def test_a_contact_of_others_stays(contact: str) -> None:
    assert not is_contact_of(ANA, contact)


def test_who_has_no_name_left_is_nobodys_contact() -> None:
    assert not is_contact_of(replace(ANA, name="", pseudonym=None, former=()), "chat@school.example")

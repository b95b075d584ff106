"""Forms, buttons, options and files of Discord, as they are made and read; no server is needed for that."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import discord
import pytest

from bot.commands import CommandTree
from bot.commands.declared import Choice, Command, Form, Param
from bot.core.model import Offer, Refused
from bot.core.sentences import FILE_UNREADABLE
from bot.core.sentences import forms as sentences
from bot.platforms.discord import arguments, forms
from bot.platforms.discord.buttons import LONGEST_ID, buttons, custom_id, pressed
from bot.platforms.discord.files import made, words_in
from bot.storage.engine import database_url
from bot.storage.store import Store
from bot.web.room.lines import fields as browser_fields
from cogs import every_cog
from tests.support.command_room import StoppedClock

AROUND = forms.Around({}, {"general": 7})


@pytest.fixture
def commands(tmp_path: Path) -> dict[str, Command]:
    tree = CommandTree(Store(database_url("", tmp_path)), StoppedClock(), *every_cog())
    return {one.path: one for one in tree.commands}


def names(params: tuple[Param, ...]) -> list[str]:
    return [param.name for param in params]


def inner(made: discord.ui.Modal) -> dict[str, dict[str, Any]]:
    """The fields of a form as they are sent, by parameter."""
    rows: list[Any] = made.to_dict()["components"]
    return {row["component"]["custom_id"]: row["component"] for row in rows if row["type"] == 18}


async def test_every_command_has_a_form_within_discords_limits(commands: dict[str, Command]) -> None:
    for path, command in commands.items():
        shown = forms.modal(Form(command, {}), AROUND).to_dict()
        rows: list[Any] = shown["components"]
        assert 1 <= len(shown["title"]) <= 45, path
        assert len(shown["custom_id"]) <= 100, path
        assert 1 <= len(rows) <= 5, path
        for row in rows:
            assert row["type"] == 10 or 1 <= len(row["label"]) <= 45, (path, row)
            assert len(row.get("description") or "") <= 100, (path, row)


async def test_discord_asks_for_what_the_browser_asks_for(commands: dict[str, Command]) -> None:
    for path, command in commands.items():
        given = {param.name: "7" for param in command.params if param.kind.name in {"question", "chat"}}
        for said in ({}, given):
            asks = Form(command, said, said)
            browser = [one.name for one in browser_fields(asks, {}) if one.kind != "hidden"]
            here = names(forms.asked_in(asks))
            assert here == (browser if len(browser) <= 5 else [one for one in browser if one in here]), path
            assert len(here) == min(len(browser), 5), path
            missing = {
                p.name for p in command.params if p.needed and p.name not in said and p.name != "message"
            }
            assert missing <= {*here, "date"}, path  # which chat is moved, nobody is asked in a form


async def test_with_too_many_fields_what_is_needed_comes_first_and_what_was_said_goes_along(
    commands: dict[str, Command],
) -> None:
    said = {"place": "general"}
    asks = Form(commands["series create"], {"zone": "Europe/London"} | said, said)
    assert names(forms.asked_in(asks)) == ["title", "when", "zone", "minutes", "hashtag"]
    shown = forms.modal(asks, AROUND)
    assert shown.custom_id == "edchat?series create place=general"
    back = forms.filled({"custom_id": shown.custom_id, "components": []})
    assert back is not None
    assert back.given(said) == said


async def test_how_questions_come_is_asked_in_a_form_of_its_own_with_what_each_way_means(
    commands: dict[str, Command],
) -> None:
    said = {"series": "7"}
    asks = Form(commands["series pace"], {"pace": "daily", "days": "Mon, Tue"} | said, said)
    assert names(forms.asked_in(asks)) == ["pace", "days", "series"]
    fields = inner(forms.modal(asks, AROUND))
    assert [(one["value"], one.get("default", False)) for one in fields["pace"]["options"]] == [
        ("hour", False),
        ("daily", True),
        ("all", False),
    ]
    assert all(one["description"] for one in fields["pace"]["options"])
    assert fields["days"]["value"] == "Mon, Tue"


async def test_a_field_that_was_emptied_is_not_given_by_the_line_after_all() -> None:
    form = forms.Filled("setup where=general", {"where": "", "readers": "link"})
    assert form.given({"where": "general"}) == {"readers": "link"}


async def test_fields_are_of_their_kind(commands: dict[str, Command]) -> None:
    given = {"where": "general", "hosts": "<@12>; <@&13>", "readers": "link"}
    fields = inner(forms.modal(Form(commands["setup"], given, given), AROUND))
    assert fields["where"]["type"] == 8
    assert fields["where"]["channel_types"] == [0]
    assert [int(one["id"]) for one in fields["where"]["default_values"]] == [7]
    assert fields["hosts"]["type"] == 7
    assert (fields["hosts"]["required"], fields["hosts"]["min_values"]) == (False, 0)
    chosen = [(int(one["id"]), one["type"]) for one in fields["hosts"]["default_values"]]
    assert chosen == [(12, "user"), (13, "role")]
    assert [one["value"] for one in fields["readers"]["options"] if one.get("default")] == ["link"]
    assert fields["readers"]["required"] is True


async def test_what_nothing_holds_for_yet_must_be_given_and_a_plan_says_for_which_date(
    commands: dict[str, Command],
) -> None:
    asks = Form(commands["series create"], {}, lacking=frozenset({"zone"}))
    assert inner(forms.modal(asks, AROUND))["zone"]["required"] is True
    rows: list[Any] = forms.modal(asks, AROUND).to_dict()["components"]
    assert "Its time zone" in [row["label"] for row in rows]
    plan = forms.modal(Form(commands["chat plan"], {}, chat="Tue 24 Nov 2026, 8:00 pm ET: Homework"), AROUND)
    told: list[Any] = plan.to_dict()["components"]
    assert [row["content"] for row in told if row["type"] == 10] == ["Tue 24 Nov 2026, 8:00 pm ET: Homework"]


async def test_a_place_that_is_no_channel_here_is_left_open(commands: dict[str, Command]) -> None:
    for where, known in (("<#99>", [99]), ("#general", [7]), ("elsewhere", []), ("", [])):
        fields = inner(forms.modal(Form(commands["setup"], {"where": where}), AROUND))
        shown = fields["where"].get("default_values") or []
        assert [int(one["id"]) for one in shown] == known, where


async def test_long_text_has_room_and_what_does_not_fit_is_refused(commands: dict[str, Command]) -> None:
    plan = commands["chat plan"]
    fields = inner(forms.modal(Form(plan, {"questions": "One?\nTwo?"}), AROUND))
    assert (fields["questions"]["style"], fields["questions"]["value"]) == (2, "One?\nTwo?")
    assert fields["topic"]["style"] == 1
    with pytest.raises(Refused, match="4,000 characters; send it as a file"):
        forms.modal(Form(plan, {"questions": "?" * 4_001}), AROUND)


async def test_a_form_opened_with_too_much_is_refused(commands: dict[str, Command]) -> None:
    said = {"message": "m" * 100}
    with pytest.raises(Refused) as no:
        forms.modal(Form(commands["answers move"], said, said), AROUND)
    assert str(no.value) == sentences.FORM_CROWDED


async def test_more_questions_than_a_list_holds_are_cut(commands: dict[str, Command]) -> None:
    many = forms.Around({"number": [Choice(str(n), f"{n}. {'why ' * 50}") for n in range(1, 40)]}, {})
    asks = Form(commands["answers move"], {"message": "5"}, {"message": "5"})
    options = inner(forms.modal(asks, many))["number"]["options"]
    assert len(options) == 25
    assert max(len(one["label"]) for one in options) <= 100


def test_what_comes_back_is_text() -> None:
    label = {"type": 18, "id": 1}
    form = forms.filled(
        {
            "custom_id": "edchat?setup",
            "components": [
                label | {"component": {"type": 8, "custom_id": "where", "values": ["7"]}},
                label | {"component": {"type": 7, "custom_id": "hosts", "values": ["1", "2"]}},
                label | {"component": {"type": 3, "custom_id": "readers", "values": []}},
                {"type": 1, "components": [{"type": 4, "custom_id": "about", "value": "a\nb"}]},
                {"type": 10, "id": 5},
            ],
            "resolved": {"users": {"1": {}}, "roles": {"2": {}}},
        }
    )
    assert form is not None
    assert form.line == "setup"
    assert form.fields == {"where": "<#7>", "hosts": "<@1>; <@&2>", "readers": "", "about": "a\nb"}
    assert forms.filled({"custom_id": "another", "components": []}) is None


async def test_buttons_carry_lines_and_are_kept_by_nobody() -> None:
    offers = [
        Offer("Run", "chat next"),
        Offer("Ask" * 40, "chat plan", form=True),
        Offer("Twin", "chat next"),
    ]
    view = buttons(offers)
    assert view is not None
    assert view.is_finished()
    assert [(one.label, one.custom_id) for one in view.children if isinstance(one, discord.ui.Button)] == [
        ("Run", "edchat:chat next"),
        (("Ask" * 40)[:79] + "…", "edchat?chat plan"),
    ]
    assert buttons([]) is None


async def test_no_more_buttons_than_a_message_holds() -> None:
    many = [Offer(f"Chat {n}", f"chat preview chat={n}") for n in range(40)]
    view = buttons([Offer("Endless", "x" * 100), *many])
    assert view is not None
    assert len(view.children) == 25


def test_every_offer_that_the_tree_lets_pass_fits_a_button() -> None:
    from bot.commands import OFFER_LIMIT

    assert len(custom_id(Offer("Any", "x" * OFFER_LIMIT, form=True))) <= LONGEST_ID


@pytest.mark.parametrize(
    ("name", "line", "form"),
    [("edchat:chat now", "chat now", False), ("edchat?setup", "setup", True), ("edchat:", "", False)],
)
def test_a_pressed_button_is_its_line(name: str, line: str, form: bool) -> None:
    found = pressed(name)
    assert found is not None
    assert (found.line, found.form) == (line, form)


def test_a_button_of_others_is_none_of_ours() -> None:
    assert pressed("poll:1") is None


def test_options_are_written_as_people_type_them(commands: dict[str, Command]) -> None:
    edit = commands["series edit"]
    given = {"series": "3", "tail_days": 7, "publish_at_once": False, "title": "A title"}
    assert arguments.texts(edit, given) == {
        "series": "3", "tail_days": "7", "publish_at_once": "no", "title": "A title",
    }  # fmt: skip
    setup = commands["setup"]
    assert arguments.texts(setup, {"hosts": "<@1> <@!2>,<@3>"}) == {"hosts": "<@1>; <@!2>; <@3>"}


def test_a_form_opens_where_words_are_missing(commands: dict[str, Command]) -> None:
    opens = arguments.opens_form
    assert opens(commands["chat plan"], {"topic": "Homework"})
    assert not opens(commands["chat plan"], {"questions": object()})
    assert opens(commands["setup"], {"where": "general"})
    assert not opens(commands["setup"], {"where": "general", "readers": "link"})
    assert opens(commands["answer"], {"number": "1"})
    assert not opens(commands["chat cancel"], {})
    assert not opens(commands["series show"], {})


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("Wie geht’s?\n".encode(), "Wie geht’s?"),
        ("\ufeffWie?\r\n".encode(), "Wie?"),
        ("Für wen?".encode("utf-16"), "Für wen?"),
        (b"", ""),
    ],
)
def test_a_file_is_read_as_it_was_saved(data: bytes, text: str) -> None:
    assert words_in(data) == text


@pytest.mark.parametrize(
    "data",
    [
        "Für wen – und wann?".encode("cp1252"),
        "Für wen?".encode("latin-1"),
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
        b"\xff\xfeA",
        b"PK\x03\x04\x14\x00\xff",
    ],
)
def test_a_file_that_can_be_read_in_several_ways_is_asked_for_anew_and_never_guessed(data: bytes) -> None:
    with pytest.raises(Refused) as no:  # B124
        words_in(data)
    assert str(no.value) == FILE_UNREADABLE


def test_a_file_that_holds_more_than_words_is_refused() -> None:
    with pytest.raises(Refused) as no:
        words_in(b"%PDF\x00")
    assert str(no.value) == sentences.FILE_NO_TEXT


@pytest.mark.parametrize(("text", "name"), [('{"a": 1}', "edchat.json"), ("Kept of you", "edchat.txt")])
def test_a_long_answer_is_called_what_it_is(text: str, name: str) -> None:
    assert made(text, "edchat").filename == name

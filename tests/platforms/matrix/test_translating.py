"""Whatever a homeserver passes on becomes one of few shapes, and never an error."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.platforms.matrix.calling import Calling
from bot.platforms.matrix.health import channel_as_found, shut
from bot.platforms.matrix.rooms import Room, Rooms
from bot.platforms.matrix.translating import (
    TOLERANCE,
    Between,
    Changed,
    Happening,
    Passed,
    Put,
    Stands,
    TookBack,
    Wrote,
    instant,
    read,
)
from bot.platforms.matrix.wording import LONGEST, markdown, without_quote
from tests.support.bad_inputs import case

NOW = datetime(2026, 11, 22, 20, tzinfo=UTC)
BETWEEN = Between(NOW - timedelta(seconds=30), NOW)
ME = "@edchat:school.org"
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(
        ["\ud800", "\0", "1\ufe0f\u20e3", "m.replace", "m.thread", "m.text", "$x", "@a:b", "50"]
    )
)
KEYS = st.text(max_size=5) | st.sampled_from(
    [
        *("type", "sender", "event_id", "content", "state_key", "unsigned", "redacts", "origin_server_ts"),
        *("msgtype", "body", "format", "formatted_body", "m.relates_to", "m.new_content", "rel_type"),
        *("event_id", "key", "m.in_reply_to", "info", "size", "users", "events", "membership", "displayname"),
        *("additional_creators", "room_version", "predecessor", "pinned", "via", "redacted_because"),
    ]
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)
KINDS = (
    *("m.room.message", "m.reaction", "m.room.redaction", "m.room.encrypted", "m.room.member"),
    *("m.room.create", "m.room.power_levels", "m.room.pinned_events", "m.room.tombstone", "m.space.child"),
    *("m.room.name", "m.room.join_rules", "m.room.history_visibility", "m.room.encryption"),
)
EVENTS = st.fixed_dictionaries(
    {"type": st.sampled_from(KINDS), "sender": st.just("@a:b"), "event_id": st.just("$e"), "content": JSON},
    optional={"state_key": st.text(max_size=5), "origin_server_ts": JSON, "unsigned": JSON, "redacts": JSON},
)


def message(body: object, **content: object) -> dict[str, Any]:
    return event("m.room.message", {"msgtype": "m.text", "body": body, **content})


def event(kind: str, content: object, **more: object) -> dict[str, Any]:
    whole = {"type": kind, "sender": "@ana:school.org", "event_id": "$e", "content": content}
    return whole | {"origin_server_ts": NOW.timestamp() * 1000} | more


def stands(kind: str, content: dict[str, Any], key: str = "", sender: str = "@ana:school.org") -> Stands:
    return Stands(kind, key, sender, "$s", content)


@given(JSON | EVENTS)
def test_no_event_is_so_odd_that_reading_it_fails(given_event: Any) -> None:
    happened = read(given_event, BETWEEN)
    assert isinstance(happened, get_args(Happening))
    if isinstance(happened, Wrote):
        assert len(happened.text) <= LONGEST
        assert BETWEEN.since - TOLERANCE <= happened.at <= BETWEEN.now + TOLERANCE


@given(st.lists(EVENTS, max_size=8))
def test_no_state_is_so_odd_that_a_room_cannot_be_described(events: list[Any]) -> None:
    rooms = Rooms()
    room = rooms.enter("!r")
    for one in events:
        if isinstance(happened := read(one, BETWEEN), Stands):
            room.take(happened)
    channel_as_found(room, ME)
    assert isinstance(room.is_space, bool)
    assert isinstance(room.replaced_by + room.predecessor + room.topic + room.shown("@a:b"), str)
    assert all(isinstance(one, str) for one in (*room.pinned, *room.children, *room.creators))


@given(JSON)
def test_no_list_of_direct_rooms_is_so_odd_that_reading_it_fails(content: Any) -> None:
    rooms = Rooms()
    rooms.enter("!r")
    rooms.take_direct(content if isinstance(content, dict) else {"@a:b": content})
    assert all(isinstance(one, str) for ids in rooms.direct_with.values() for one in ids)


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(["<b>", "</b>", "<ol start=x>", "<li>", "<a href=#", ">", "<pre>", "x", "<mx-reply>"])
    ).map("".join)
)
def test_no_html_is_so_odd_that_writing_it_as_markdown_fails(html: str) -> None:
    assert "<script" not in markdown(html)


CLAIMS: list[object] = [
    *(0, 1, 31_536_000, 4_070_908_800_000, -1, -(10**30), 1.5, 10**400, 1e308),
    *(float("inf"), float("nan"), "soon", "1700000000000", None, True, [], {}),
]


@pytest.mark.parametrize("claim", CLAIMS)
def test_b266_the_time_of_a_message_is_never_far_from_when_it_was_told(claim: object) -> None:
    assert BETWEEN.since - TOLERANCE <= instant(claim, BETWEEN) <= BETWEEN.now + TOLERANCE


def test_a_time_that_can_be_true_is_believed() -> None:
    for seconds in (-200, 0, 200):
        at = NOW + timedelta(seconds=seconds)
        assert instant(at.timestamp() * 1000, BETWEEN) == at


def test_a_time_during_an_absence_is_believed() -> None:
    away = Between(NOW - timedelta(hours=3), NOW)
    at = NOW - timedelta(hours=2)
    assert instant(at.timestamp() * 1000, away) == at


@pytest.mark.parametrize("body", [None, 7, 1.5, True, [], {}, ["A1"]])
def test_b265_a_message_whose_body_is_no_text_says_nothing(body: object) -> None:
    assert read(message(body), BETWEEN) == Passed("$e", "no words")
    assert read(event("m.room.message", {"msgtype": "m.text"}), BETWEEN) == Passed("$e", "no words")


def test_b264_words_are_cut_where_nobody_keeps_them() -> None:
    assert case("B264").expect.endswith("64 KiB")
    said = read(message("x" * 60_000), BETWEEN)
    long = read(message("x" * 70_000), BETWEEN)
    assert isinstance(said, Wrote)
    assert isinstance(long, Wrote)
    assert (len(said.text), len(long.text)) == (60_000, 65_536)


@pytest.mark.parametrize("local", ["<b>", "<script>alert(1)</script>", "x" * 200])
def test_b267_a_sender_of_any_name_is_known_by_it(local: str) -> None:
    sender = f"@{local}:evil.example"
    said = read(message("A1") | {"sender": sender}, BETWEEN)
    assert isinstance(said, Wrote)
    assert said.sender == sender


def test_a_sender_beyond_what_matrix_allows_is_nobody() -> None:
    assert isinstance(read(message("A1") | {"sender": "@" + "x" * 300}, BETWEEN), Passed)


def test_edits_signs_and_takings_back_name_their_message() -> None:
    edit = {"rel_type": "m.replace", "event_id": "$m"}
    new = {"msgtype": "m.text", "body": "A2"}
    assert read(message("* A2", **{"m.new_content": new, "m.relates_to": edit}), BETWEEN) == Changed(
        "$e", "@ana:school.org", NOW, "$m", "A2"
    )
    sign = {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$m", "key": "2\ufe0f\u20e3"}}
    put = read(event("m.reaction", sign), BETWEEN)
    assert isinstance(put, Put)
    assert (put.about, put.digit) == ("$m", 2)
    for where in ({"redacts": "$m"}, {"content": {"redacts": "$m"}}):
        taken = read(event("m.room.redaction", {}) | where, BETWEEN)
        assert taken == TookBack("$e", "@ana:school.org", NOW, "$m")


@pytest.mark.parametrize(
    ("key", "digit"),
    [
        *(("1\ufe0f\u20e3", 1), ("9\u20e3", 9), ("0\ufe0f\u20e3", 0), ("10\u20e3", 0)),
        *(("1", 0), ("👍", 0), ("", 0), ("١\u20e3", 0)),
    ],
)
def test_only_keycaps_from_one_to_nine_are_digits(key: str, digit: int) -> None:
    assert Put("$e", "@a:b", NOW, "$m", key).digit == digit


def test_what_was_taken_back_before_we_saw_it_says_nothing() -> None:
    gone = event("m.room.message", {}, unsigned={"redacted_because": {}})
    assert read(gone, BETWEEN) == Passed("$e")


def test_a_message_is_cut_of_the_quote_before_a_reply_only() -> None:
    assert without_quote("> <@a:b> one\n> two\n\nthree\n> four") == "three\n> four"
    assert without_quote("> a quote of one's own\n\nwords") == "> a quote of one's own\n\nwords"
    assert without_quote("> <@a:b> only a quote") == ""


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("A1 <b>so</b>", "A1 **so**"),
        ("<p>one</p>\n<p>two</p>", "one\n\ntwo"),
        ("<blockquote><p>q</p></blockquote><p>r</p>", "> q\n\nr"),
        ("<pre><code class='language-py'>a\n  b</code></pre>", "```py\na\n  b\n```"),
        ("<a href='javascript:alert(1)'>x</a><script>y</script>", "x"),
        ("<a href='https://a.example'>x</a>", "[x](https://a.example)"),
        ("<a href='https://matrix.to/#/@ana:school.org'>Ana</a>", "@Ana"),
        ("<span data-mx-spoiler>x</span>", "||x||"),
        ("<b>" * 5_000, ""),
        ("x" * 70_000, ""),
    ],
)
def test_html_is_written_as_markdown(html: str, words: str) -> None:
    assert markdown(html) == words


@pytest.mark.parametrize(
    ("kind", "content", "shown"),
    [
        ("m.sticker", {"body": "thumbs up", "url": "mxc://a/b", "info": {}}, "sticker thumbs up"),
        ("m.sticker", {"body": 7}, "sticker "),
        (
            "m.poll.start",
            {"m.poll": {"question": {"m.text": [{"body": "Tea?", "mimetype": "text/plain"}]}}},
            "poll: Tea?",
        ),
        (
            "org.matrix.msc3381.poll.start",
            {
                "org.matrix.msc3381.poll.start": {
                    "question": {"org.matrix.msc1767.text": "Tea?", "body": "Tea?"},
                    "answers": [],
                }
            },
            "poll: Tea?",
        ),
        ("m.poll.start", {"m.poll": []}, "poll: "),
    ],
)
def test_stickers_and_polls_are_named(kind: str, content: Any, shown: str) -> None:
    thread = {"m.relates_to": {"rel_type": "m.thread", "event_id": "$q"}}
    said = read(message("") | {"type": kind, "content": content | thread}, BETWEEN)
    assert isinstance(said, Wrote)
    assert (said.text, said.thread, said.attachments) == ("", "$q", (shown,))


def test_html_that_says_nothing_leaves_the_plain_words() -> None:
    said = read(message("A1", format="org.matrix.custom.html", formatted_body="<script>x</script>"), BETWEEN)
    assert isinstance(said, Wrote)
    assert said.text == "A1"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("!edchat chat next", "chat next"),
        ("@edchat:school.org: chat next", "chat next"),
        ("@edchat:school.org chat next", "chat next"),
        ("@edchat, help", "help"),
        ("EdChat: chat nxet", "chat nxet"),
        ("@EdChat", ""),
        ("@EdChat A1 groups", None),
        ("@EdChat is great", None),
        ("EdChat is great", None),
        ("EdChat chat next", None),
        ("@EdChatter: chat next", None),
        ("what about @EdChat: chat next", None),
        ("> !edchat chat next", None),
        ("", None),
    ],
)
def test_which_words_are_for_the_bot(text: str, line: str | None) -> None:
    assert Calling(ME, ("chat next", "help")).command(text, ["EdChat"]) == line


@pytest.mark.parametrize(
    ("rule", "history", "closed"),
    [
        ("public", "shared", False),
        ("public", "world_readable", False),
        ("public", "joined", True),
        ("public", "invited", True),
        ("invite", "world_readable", False),
        ("invite", "shared", True),
        ("knock", "shared", True),
        ("restricted", "shared", True),
    ],
)
def test_a_room_is_shut_unless_a_stranger_could_read_it(rule: str, history: str, closed: bool) -> None:
    room = Room("!r")
    room.take(stands("m.room.join_rules", {"join_rule": rule}))
    room.take(stands("m.room.history_visibility", {"history_visibility": history}))
    assert shut(room) is closed
    room.take(stands("m.room.encryption", {"algorithm": "x"}))
    assert shut(room)


def powers(version: str, **levels: Any) -> Room:
    room = Room("!r")
    room.take(stands("m.room.create", {"room_version": version, "additional_creators": ["@ben:school.org"]}))
    if levels:
        room.take(stands("m.room.power_levels", levels))
    return room


def test_who_made_a_room_of_version_twelve_is_above_any_number() -> None:
    for version in ("12", "13", "org.matrix.hydra.11"):
        room = powers(version, users={"@eve:school.org": 10**30})
        assert room.power("@ana:school.org") == room.power("@ben:school.org") > room.power("@eve:school.org")
    assert powers("11", users={}).power("@ana:school.org") == 0


def test_powers_are_read_as_servers_of_all_times_wrote_them() -> None:
    room = powers("10", users={"@a:b": "50", "@c:d": True, "@e:f": 49.5}, users_default="7")
    assert [room.power(one) for one in ("@a:b", "@c:d", "@e:f", "@g:h")] == [50, 7, 49.5, 7]
    assert powers("10").power("@ana:school.org") == 100
    assert powers("10").may_send("@a:b", "m.room.topic", state=True)
    assert not room.may_send("@e:f", "m.room.topic", state=True)


def test_one_of_the_same_name_is_told_apart_by_the_whole_id() -> None:
    room = Room("!r")
    for user, name in (
        ("@dana:school.org", "Dana"),
        ("@dana:evil.example", "Dana"),
        ("@ben:school.org", "Ben"),
    ):
        room.take(stands("m.room.member", {"membership": "join", "displayname": name}, user))
    assert room.shown("@dana:school.org") == "Dana (@dana:school.org)"
    assert room.shown("@dana:evil.example") == "Dana (@dana:evil.example)"
    assert room.shown("@ben:school.org") == "Ben"
    assert room.shown("@dana:third.example") == "@dana:third.example"
    room.take(stands("m.room.member", {"membership": "leave"}, "@dana:evil.example"))
    assert room.shown("@dana:school.org") == "Dana"

"""The log: readable, one line of JSON each on request, and never a token or anybody's words."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from bot.logs import REDACTED, set_up

WORDS = "A1: my pupils taught me patience"
TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GAbCdE.abcdefghijklmnopqrstuvwxyz0123456789AB"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture(params=[False, True], ids=["for people", "as JSON"])
def log(request: pytest.FixtureRequest) -> io.StringIO:
    stream = io.StringIO()
    set_up("debug", as_json=request.param, stream=stream)
    return stream


def logger() -> Any:
    """Give a logger as the bot's rooms use it."""
    return structlog.get_logger("bot.inbox")


def test_an_event_carries_its_context(log: io.StringIO) -> None:
    logger().info("question asked", chat="7k", question=3, late_ms=1.5, places=["edchat"])
    for seen in ("question asked", "7k", "3", "1.5", "edchat", "info", "bot.inbox"):
        assert seen in log.getvalue()


def test_json_is_one_object_a_line() -> None:
    stream = io.StringIO()
    set_up(as_json=True, stream=stream)
    logger().warning("gap", since="12:00", counts={"heard": 2, "text": WORDS}, done=None)
    logging.getLogger("bot.web").warning("plain")
    gap, plain = (json.loads(line) for line in stream.getvalue().splitlines())
    assert (gap["event"], gap["level"], gap["since"], gap["done"]) == ("gap", "warning", "12:00", None)
    assert gap["counts"] == {"heard": 2, "text": REDACTED}
    assert (plain["event"], plain["logger"]) == ("plain", "bot.web")


@pytest.mark.parametrize(
    "key", ["text", "token", "bot_token", "password", "payload", "body", "lines", "TITLE"]
)
def test_b389_what_stands_under_a_telling_name_is_left_out(key: str, log: io.StringIO) -> None:
    logger().debug("heard", **{key: WORDS}, inner={key: [WORDS]})
    assert WORDS not in log.getvalue()
    assert REDACTED in log.getvalue()


def test_harmless_names_stay(log: io.StringIO) -> None:
    logger().info("heard", context="room", token_count=12, message_id="m1")
    for seen in ("room", "12", "m1"):
        assert seen in log.getvalue()
    assert REDACTED not in log.getvalue()


@pytest.mark.parametrize(
    ("secret", "around"),
    [
        (TOKEN, "login with {} failed"),
        ("syt_ZWRjaGF0_abcdef_0aBcDe", "token {} is gone"),
        ("p@ss:w/rd%40", "postgresql+psycopg://edchat:{}@localhost/edchat"),
        ("abcdefghijklmnopqrstuvwxyz", "Authorization: Bearer {}"),
    ],
)
def test_a_secret_is_known_by_its_shape(secret: str, around: str, log: io.StringIO) -> None:
    logger().info(around.format(secret), reason=around.format(secret), nested=[around.format(secret)])
    logging.getLogger("discord.http").error("%s", around.format(secret))
    assert len(log.getvalue().splitlines()) == 2
    assert secret not in log.getvalue()


def test_an_exception_tells_where_and_what_but_not_the_words_it_quotes(log: io.StringIO) -> None:
    try:
        int(WORDS)
    except ValueError:
        logger().exception("went wrong", chat="7k")
        logging.getLogger("apscheduler").exception("job failed")
    assert "ValueError" in log.getvalue()
    assert "test_logs.py" in log.getvalue()
    assert "patience" not in log.getvalue()


def test_the_operating_systems_reason_is_told(log: io.StringIO) -> None:
    error = OSError(28, "No space left on device")
    logger().error("not stored", exc_info=error)
    assert "No space left on device" in log.getvalue()


def test_a_failed_task_does_not_show_what_it_held(log: io.StringIO) -> None:
    logging.getLogger("asyncio").error(f"Task exception was never retrieved\nfuture: <Task {WORDS!r}>")  # noqa: G004 - as asyncio does
    assert "never retrieved" in log.getvalue()
    assert "patience" not in log.getvalue()


def test_b389_libraries_that_log_rows_are_quiet_at_every_level(log: io.StringIO) -> None:
    for library in ("sqlalchemy.engine", "aiosqlite", "apscheduler.scheduler", "alembic.runtime"):
        logging.getLogger(library).debug("row %s", WORDS)
        logging.getLogger(library).info("row %s", WORDS)
    assert log.getvalue() == ""


def test_below_the_level_nothing_is_told() -> None:
    stream = io.StringIO()
    set_up("error", stream=stream)
    logger().warning("late")
    logging.getLogger("sqlalchemy").warning("pool")
    assert stream.getvalue() == ""


def test_b103_a_text_is_never_a_format(log: io.StringIO) -> None:
    logger().info("%s %d %n", series="%s %d %n")
    assert log.getvalue().count("%s %d %n") == 2


def test_warnings_reach_the_log(log: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("old habit", UserWarning, stacklevel=1)
    assert "old habit" in log.getvalue()


def test_b389_a_log_that_cannot_be_written_does_not_show_raw_what_it_would_have_left_out(
    capsys: pytest.CaptureFixture[str],
) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            raise OSError(28, "No space left on device")

    set_up(stream=Full())
    logger().warning("heard", text=WORDS)
    logging.getLogger("asyncio").error("Task failed\nfuture: %s", WORDS)
    assert capsys.readouterr() == ("", "")


def test_people_read_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    set_up()
    logger().info("ready")
    out, err = capsys.readouterr()
    assert out == ""
    assert "ready" in err

"""Settings: read, refused in a sentence, and told in `.env.example` as they are."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from bot.core.echo import shown
from bot.core.sentences import SETTING_HINTS
from bot.networks import named
from bot.settings import LogLevel, Settings, SettingsError, load, strangers, variable
from tests.support.bad_inputs import case

PASSWORD = "p@ss:w/rd%40"
ADDRESS = f"postgresql+psycopg://edchat:{PASSWORD}@localhost/edchat"
NOWHERE = Path("no-such.env")


def refused(monkeypatch: pytest.MonkeyPatch, **given: str) -> str:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refusal:
        load(NOWHERE)
    return str(refusal.value)


def test_without_any_setting_the_defaults_hold() -> None:
    settings = load(NOWHERE)
    assert (settings.data_dir, settings.database_url) == (Path("data"), None)
    assert (settings.web_host, settings.web_port, settings.web_base_url) == ("127.0.0.1", 8080, None)
    assert (settings.log_level, settings.log_json) == (LogLevel.INFO, False)
    assert (settings.community, settings.zone, settings.owner) == ("EdChat", "UTC", "owner")
    assert settings.language == "en"


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = tmp_path / ".env"
    env.write_text("EDCHAT_WEB_PORT=9000\nEDCHAT_ZONE=Europe/London\n")
    monkeypatch.setenv("EDCHAT_WEB_PORT", "9001")
    settings = load(env)
    assert (settings.web_port, settings.zone) == (9001, "Europe/London")


def test_an_empty_value_is_no_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDCHAT_WEB_BASE_URL", "")
    assert load(NOWHERE).web_base_url is None


def test_a_home_folder_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("EDCHAT_DATA_DIR", "~/edchat")
    assert load(NOWHERE).data_dir == tmp_path / "edchat"


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load(NOWHERE).web_port = 1  # type: ignore[misc]


@pytest.mark.parametrize("place", ["environment", "env file"])
def test_a_secret_may_stand_in_a_file(place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret, env = tmp_path / "secret", tmp_path / ".env"
    secret.write_text(ADDRESS + "\n")
    if place == "environment":
        monkeypatch.setenv("EDCHAT_DATABASE_URL_FILE", str(secret))
    else:
        env.write_text(f"EDCHAT_DATABASE_URL_FILE={secret}\n")
    url = load(env).database_url
    assert url is not None
    assert url.get_secret_value() == ADDRESS


def test_a_secret_in_two_places_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDCHAT_DATABASE_URL", ADDRESS)
    said = refused(monkeypatch, EDCHAT_DATABASE_URL_FILE=str(tmp_path / "secret"))
    assert said == "EDCHAT_DATABASE_URL and EDCHAT_DATABASE_URL_FILE are both set: keep one of them."


def test_a_secret_file_that_cannot_be_read_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = refused(monkeypatch, EDCHAT_DATABASE_URL_FILE=str(tmp_path / "none"))
    assert said == "EDCHAT_DATABASE_URL_FILE: write the path of a text file that the bot may read."


def test_b361_a_password_is_kept_as_typed_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    assert case("B361").area == "config.env"
    monkeypatch.setenv("EDCHAT_DATABASE_URL", ADDRESS)
    settings = load(NOWHERE)
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == ADDRESS
    assert PASSWORD not in f"{settings} {settings!r} {settings.model_dump()} {settings.model_dump_json()}"


def test_a_wrong_setting_beside_it_does_not_show_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDCHAT_DATABASE_URL", ADDRESS)
    monkeypatch.setenv("EDCHAT_WEB_PORT", "99999")
    with pytest.raises(SettingsError) as refusal:
        load(NOWHERE)
    told = "".join(traceback.format_exception(refusal.value))
    assert "EDCHAT_WEB_PORT" in told
    assert PASSWORD not in told


def test_b358_the_bot_needs_no_network_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    assert case("B358").expect.startswith("runs without Discord")
    monkeypatch.setenv("EDCHAT_DATA_DIR", "elsewhere")
    assert load(NOWHERE).data_dir == Path("elsewhere")


def test_b370_each_wrong_setting_gets_its_own_line(monkeypatch: pytest.MonkeyPatch) -> None:
    given = dict(pair.split("=") for pair in case("B370").input.split(" / "))
    assert refused(monkeypatch, **given).splitlines() == [
        'EDCHAT_WEB_PORT cannot be "99999": write a whole number from 0 to 65535, as in 8080.',
        'EDCHAT_LOG_LEVEL cannot be "loud": write debug, info, warning or error.',
    ]


def test_b372_an_address_without_scheme_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert case("B372").input.startswith("EDCHAT_WEB_BASE_URL")
    said = refused(monkeypatch, EDCHAT_WEB_BASE_URL="chat.example.org")
    assert said == (
        'EDCHAT_WEB_BASE_URL cannot be "chat.example.org": '
        "write the whole address, as in https://chat.example.org."
    )


@pytest.mark.parametrize(
    "address",
    ["ftp://a.example", "https://", "https://a.example:99999", "http://a.example:0", "//a.example", "https://a.example?x=1",
     "https://a.example#x", "https://me:secret@a.example"],
)  # fmt: skip
def test_an_address_nobody_can_follow_is_refused(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(monkeypatch, EDCHAT_WEB_BASE_URL=address).startswith("EDCHAT_WEB_BASE_URL cannot be ")


@pytest.mark.parametrize("address", ["https://a.example/chats/", "http://[::1]:8080", "HTTP://a.example"])
def test_a_whole_address_is_taken(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EDCHAT_WEB_BASE_URL", address)
    assert load(NOWHERE).web_base_url == address.rstrip("/")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EDCHAT_ZONE", "America/NewYork"),
        ("EDCHAT_ZONE", "../../etc/passwd"),
        ("EDCHAT_LANGUAGE", "tlh"),
        ("EDCHAT_LOG_JSON", "perhaps"),
        ("EDCHAT_WEB_HOST", "two words"),
        ("EDCHAT_WEB_PORT", "-1"),
        ("EDCHAT_WEB_PORT", "8080.5"),
        ("EDCHAT_COMMUNITY", "   "),
        ("EDCHAT_OWNER", "o" * 33),
    ],
)
def test_a_wrong_value_is_named_with_what_to_write(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused(monkeypatch, **{name: value}) == f"{name} cannot be {shown(value)}: {SETTING_HINTS[name]}."


@pytest.mark.parametrize("value", ["9" * 10_000, "mct_0aBcDeFgHiJkLmNoPqRs"])
def test_a_huge_value_or_a_misplaced_secret_is_not_repeated(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = refused(monkeypatch, EDCHAT_WEB_PORT=value)
    assert said.startswith("EDCHAT_WEB_PORT cannot be ")
    assert value not in said
    assert len(said) < 160


def test_a_mistyped_name_is_told_with_the_nearest() -> None:
    given = ("EDCHAT_WEB_PROT", "EDCHAT_ZONE", "EDCHAT_OWNER_FILE", "EDCHAT_FAILPOINT", "EDCHAT_QQ", "HOME")
    assert list(strangers(dict.fromkeys(given, ""))) == [
        "EDCHAT_QQ is not a setting; see .env.example.",
        "EDCHAT_WEB_PROT is not a setting; did you mean EDCHAT_WEB_PORT?",
    ]


def example() -> dict[str, tuple[str, bool]]:
    """Read `.env.example`: name -> (value, whether a comment stands right above)."""
    lines = Path(".env.example").read_text(encoding="utf-8").splitlines()
    pairs = zip(["", *lines], lines, strict=False)
    return {
        name: (value, above.startswith("# "))
        for above, line in pairs
        if line and not line.startswith("#")
        for name, _, value in [line.partition("=")]
    }


def test_env_example_names_every_setting_and_no_other() -> None:
    assert list(example()) == [variable(field) for field in Settings.model_fields]


def test_env_example_explains_every_setting() -> None:
    assert [name for name, (_, explained) in example().items() if not explained] == []


def test_env_example_shows_the_defaults() -> None:
    assert load(Path(".env.example")) == load(NOWHERE)
    empty = {name for name, (value, _) in example().items() if not value}
    assert empty == {variable(name) for name, field in Settings.model_fields.items() if field.default is None}


def test_every_setting_has_a_hint() -> None:
    assert set(SETTING_HINTS) == {variable(field) for field in Settings.model_fields}


def on_matrix(monkeypatch: pytest.MonkeyPatch, **given: str) -> Settings:
    for name, value in {"HOMESERVER": "https://m.a.org/", "USER": "@edchat:a.org", **given}.items():
        monkeypatch.setenv(f"EDCHAT_MATRIX_{name}", value)
    return load(NOWHERE)


def test_matrix_is_there_with_an_account_and_its_own_server_may_invite(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load(NOWHERE).matrix is None
    matrix = on_matrix(monkeypatch, PASSWORD="p@ss w/rd").matrix
    assert matrix is not None
    assert (matrix.homeserver, matrix.user, matrix.token) == ("https://m.a.org", "@edchat:a.org", None)
    assert matrix.password is not None
    assert matrix.password.get_secret_value() == "p@ss w/rd"
    assert "p@ss" not in f"{matrix} {matrix!r}"
    assert matrix.inviters == {"a.org"}
    assert (matrix.host_power, matrix.stays_here) == (50, False)


def test_whoever_may_invite_on_matrix_is_a_person_or_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = on_matrix(monkeypatch, TOKEN="syt_x", INVITERS=" @Dana:b.org:8448,c.org ,,[::1]:8448")
    assert settings.matrix is not None
    assert settings.matrix.inviters == {"@Dana:b.org:8448", "c.org", "[::1]:8448"}


@pytest.mark.parametrize("missing", ["HOMESERVER", "USER", "TOKEN"])
def test_half_of_what_matrix_needs_is_refused_in_one_sentence(
    missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_matrix(monkeypatch, TOKEN="syt_x")
    said = refused(monkeypatch, **{f"EDCHAT_MATRIX_{missing}": ""})
    assert said.startswith("Matrix needs EDCHAT_MATRIX_HOMESERVER, ")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("name", "value"),
    [("USER", "edchat"), ("USER", "@a b:c.org"), ("USER", "@" + "a" * 300 + ":b.org"), ("INVITERS", "a b"),
     ("INVITERS", "@dana"), ("HOMESERVER", "a.org"), ("HOST_POWER", "0"), ("HOST_POWER", "101")],
)  # fmt: skip
def test_what_cannot_be_on_matrix_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(monkeypatch, **{f"EDCHAT_MATRIX_{name}": value}).startswith(f"EDCHAT_MATRIX_{name} cannot")


@pytest.mark.parametrize(
    ("written", "people"),
    [
        ("discord:1234567", (("discord", "1234567"),)),
        ("@dana:school.org", (("matrix", "@dana:school.org"),)),
        (" discord:1234567 ,@dana:a.org:8448,", (("discord", "1234567"), ("matrix", "@dana:a.org:8448"))),
    ],
)
def test_people_to_be_told_are_known_by_their_network(
    written: str, people: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EDCHAT_TELL", written)
    assert named(load(NOWHERE).tell or "") == people


@pytest.mark.parametrize(
    "written", ["Dana", "discord:Dana", "discord:12", "@dana", "discord:1234567 @dana:a.org"]
)
def test_somebody_to_be_told_whom_no_network_knows_is_refused(
    written: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused(monkeypatch, EDCHAT_TELL=written).startswith("EDCHAT_TELL cannot be ")


def test_a_token_that_is_soon_guessed_is_refused_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    said = refused(monkeypatch, EDCHAT_METRICS_TOKEN="hunter2")
    assert said.startswith("EDCHAT_METRICS_TOKEN: write 16 characters")
    assert "hunter2" not in said

"""What the person who hosts the bot may set: from the environment, `.env` and secret files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.core import sentences
from bot.core.echo import shown
from bot.networks import LOGIN_FILE, DiscordSettings, MatrixSettings, inviters, mxid, server_of, told
from bot.written import addresses, language_tag, numbers, socket_address, web_address, zone_name

__all__ = [
    "DiscordSettings",
    "LogLevel",
    "MatrixSettings",
    "Rooms",
    "Settings",
    "SettingsError",
    "load",
    "strangers",
    "variable",
]

PREFIX: Final = "EDCHAT_"
"""What every setting's name begins with."""

_FILE: Final = "_FILE"
_NOT_SETTINGS: Final = frozenset({"EDCHAT_FAILPOINT"})
"""Read by `bot.failpoints`, in the kill tests alone."""


class SettingsError(Exception):
    """A readable line for each wrong setting, with no secret in it; the bot does not start."""


class LogLevel(StrEnum):
    """How much the log tells."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Rooms(StrEnum):
    """Where the chats of a new data folder happen."""

    BROWSER = "browser"
    TERMINAL = "terminal"


_COMMUNITY: Final = StringConstraints(strip_whitespace=True, min_length=1, max_length=100)
_PERSON: Final = StringConstraints(strip_whitespace=True, min_length=1, max_length=32)
_HOST: Final = StringConstraints(strip_whitespace=True, pattern=r"^[\w.:%-]+$")


class Settings(BaseSettings):
    """The settings of one bot; a name here in capitals after EDCHAT_ is its variable's name."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
        validate_default=True,
    )

    data_dir: Annotated[Path, AfterValidator(Path.expanduser)] = Path("data")
    """The folder that holds everything the bot remembers; on a disk of this machine."""
    database_url: SecretStr | None = None
    """Another database than the file in the data folder, as a SQLAlchemy address."""
    web_host: Annotated[str, _HOST] = "127.0.0.1"
    """The address on which the web pages listen."""
    web_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """The port on which the web pages listen; 0 takes any free one."""
    web_base_url: Annotated[str, AfterValidator(web_address)] | None = None
    """How readers reach the web pages from outside, for links."""
    web_prefix: bool = True
    """Whether addresses begin with the community's name; a bot with one community may leave it out."""
    web_trusted_proxies: Annotated[str, AfterValidator(addresses)] | None = None
    """The addresses, separated by commas, of proxies that say truly where a reader comes from."""
    metrics_token: Annotated[SecretStr, Field(min_length=16)] | None = None
    """Who sends this may read the measures at /metrics; without one, programs of this machine alone."""
    tell: Annotated[str, AfterValidator(told)] | None = None
    """Who is told when something is wrong with the bot; without any, the first host in the browser."""
    backups: Annotated[int, Field(ge=0, le=365)] = 7
    """How many nightly copies of the database are kept in the data folder."""
    log_level: LogLevel = LogLevel.INFO
    """How much the log tells."""
    log_json: bool = False
    """One JSON object a line in the log, for machines."""
    community: Annotated[str, _COMMUNITY] = "EdChat"
    """The name of the community that a new data folder begins with."""
    zone: Annotated[str, AfterValidator(zone_name)] = "UTC"
    """The IANA zone of that community."""
    language: Annotated[str, AfterValidator(language_tag)] = "en"
    """The language (BCP 47) that people write in there; its pages speak it where they are translated."""
    rooms: Rooms = Rooms.BROWSER
    """Where the chats of a new data folder happen: in the browser, or at a prompt to try things out."""
    owner: Annotated[str, _PERSON] = "owner"
    """The name of the person who hosts the bot, as others see it."""
    discord_token: SecretStr | None = None
    """The bot's token on Discord; without one the bot is not there."""
    discord_guilds: Annotated[str, AfterValidator(numbers)] | None = None
    """The ids, separated by commas, of the servers it may be in; it leaves all others."""
    discord_api_url: Annotated[str, AfterValidator(web_address)] | None = None
    """Another server that speaks Discord's protocol: its requests."""
    discord_gateway_url: Annotated[str, AfterValidator(socket_address)] | None = None
    """Another server that speaks Discord's protocol: its gateway."""
    matrix_homeserver: Annotated[str, AfterValidator(web_address)] | None = None
    """The address of the homeserver on which the bot has an account; without one it is not on Matrix."""
    matrix_user: Annotated[str, AfterValidator(mxid)] | None = None
    """The bot's whole name there, as in @edchat:example.org."""
    matrix_token: SecretStr | None = None
    """The bot's access token there."""
    matrix_password: SecretStr | None = None
    """Its password, where it has no token: it logs in once, and keeps what it is given."""
    matrix_inviters: Annotated[str, AfterValidator(inviters)] | None = None
    """The people and servers, separated by commas, who may invite it; without any its own server."""
    matrix_host_power: Annotated[int, Field(ge=1, le=100)] = 50
    """The power level in a room from which on somebody is a host there."""

    @property
    def discord(self) -> DiscordSettings | None:
        """What the bot needs to be on Discord, where it has a token."""
        if self.discord_token is None:
            return None
        return DiscordSettings(
            self.discord_token,
            frozenset(int(one) for one in (self.discord_guilds or "").split(",") if one),
            self.discord_api_url or "",
            self.discord_gateway_url or "",
            self.zone,
            self.language,
        )

    @property
    def matrix(self) -> MatrixSettings | None:
        """What the bot needs to be on Matrix, where it has an account there."""
        if not (self.matrix_homeserver and self.matrix_user):
            return None
        named = self.matrix_inviters or server_of(self.matrix_user)
        return MatrixSettings(
            self.matrix_homeserver,
            self.matrix_user,
            self.matrix_token,
            self.matrix_password,
            frozenset(one.strip() for one in named.split(",")),
            self.matrix_host_power,
            self.zone,
            self.language,
            self.data_dir / LOGIN_FILE,
        )

    @property
    def half_on_matrix(self) -> bool:
        """Whether some of what Matrix needs is given, and some is missing."""
        needed = self.matrix_homeserver, self.matrix_user, self.matrix_token or self.matrix_password
        given = [*needed, self.matrix_token, self.matrix_password, self.matrix_inviters]
        return any(given) and not all(needed)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings passes it by name
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Say where values come from: the environment, `.env`, then the files these two name."""
        return env_settings, dotenv_settings, _SecretFiles(settings_cls, dotenv_settings, env_settings)


class _SecretFiles(PydanticBaseSettingsSource):
    """Reads the file that `NAME_FILE` names, so that a secret need not stand in the environment."""

    def __init__(self, settings: type[BaseSettings], *named_in: PydanticBaseSettingsSource) -> None:
        super().__init__(settings)
        self._given: dict[str, str] = {}
        for source in named_in:
            if isinstance(source, EnvSettingsSource):
                self._given |= {name.upper(): value for name, value in source.env_vars.items() if value}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Give the file's text for one setting, or None where no file is named."""
        name = variable(field_name)
        path = self._given.get(name + _FILE)
        if path is None:
            return None, field_name, False
        if name in self._given:
            raise SettingsError(sentences.setting_given_twice(name, name + _FILE))
        return _secret_in(Path(path), name + _FILE), field_name, False

    def __call__(self) -> dict[str, Any]:
        """Give the settings that stand in files."""
        fields = self.settings_cls.model_fields.items()
        found = ((name, self.get_field_value(field, name)[0]) for name, field in fields)
        return {name: value for name, value in found if value is not None}


def _secret_in(path: Path, name: str) -> str:
    try:
        return path.expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(sentences.setting_file_unreadable(name)) from error


def variable(field: str) -> str:
    """Give the environment variable of a setting."""
    return PREFIX + field.upper()


def load(env_file: Path = Path(".env")) -> Settings:
    """Read the settings; raises SettingsError with a line for each one that is wrong."""
    try:
        settings = Settings(_env_file=env_file)
    except ValidationError as error:
        lines = [_complaint(detail) for detail in error.errors(include_url=False, include_context=False)]
    else:
        if settings.half_on_matrix:
            raise SettingsError(sentences.MATRIX_HALF)
        return settings
    # Outside the handler, so that no chained exception carries a secret into a traceback.
    raise SettingsError("\n".join(dict.fromkeys(lines)))


def _complaint(detail: ErrorDetails) -> str:
    field = str(detail["loc"][0])
    secret = "SecretStr" in str(Settings.model_fields[field].annotation)
    return sentences.setting_wrong(variable(field), None if secret else shown(str(detail["input"])))


def strangers(environ: Mapping[str, str] | None = None) -> Iterator[str]:
    """Say of each EDCHAT_ variable that is no setting so, with the nearest one that is."""
    known = {name for field in Settings.model_fields for name in (variable(field), variable(field) + _FILE)}
    for name in sorted(os.environ if environ is None else environ):
        if name.startswith(PREFIX) and name not in known | _NOT_SETTINGS:
            nearest = get_close_matches(name, sorted(known), n=1, cutoff=0.8)
            yield sentences.setting_unknown(name, nearest[0] if nearest else None)

"""The settings of a throw-away Synapse; it reads JSON as YAML."""

from __future__ import annotations

import base64
import json
import secrets
from pathlib import Path
from typing import Any, Final

NAME: Final = "localhost"
"""What the server calls itself; there is no federation."""
_BOUNDLESS: Final = {"per_second": 100_000, "burst_count": 100_000}
_UNLIMITED: Final[dict[str, Any]] = {
    **dict.fromkeys(
        (
            *("rc_message", "rc_registration", "rc_admin_redaction", "rc_3pid_validation"),
            *("rc_room_creation", "rc_joins_per_room", "rc_media_create"),
        ),
        _BOUNDLESS,
    ),
    "rc_login": dict.fromkeys(("address", "account", "failed_attempts"), _BOUNDLESS),
    "rc_joins": dict.fromkeys(("local", "remote"), _BOUNDLESS),
    "rc_invites": dict.fromkeys(("per_room", "per_user", "per_issuer"), _BOUNDLESS),
}


def configure(folder: Path, port: int, *, limited: bool) -> Path:
    """Write all that a server needs into its folder; `limited` leaves it the rate limits of its makers."""
    settings = _settings(folder, port) | ({} if limited else _UNLIMITED)
    (folder / "log.yaml").write_text(json.dumps(_logging(folder / "log.txt")))
    key = folder / "signing.key"
    if not key.exists():
        key.write_text(f"ed25519 a_test {base64.b64encode(secrets.token_bytes(32)).decode().rstrip('=')}\n")
    file = folder / "homeserver.yaml"
    file.write_text(json.dumps(settings, indent=1))
    return file


def _settings(folder: Path, port: int) -> dict[str, Any]:
    listener = {
        "port": port,
        "tls": False,
        "type": "http",
        "bind_addresses": ["127.0.0.1"],
        "resources": [{"names": ["client"], "compress": False}],
    }
    return {
        "server_name": NAME,
        "pid_file": str(folder / "synapse.pid"),
        "report_stats": False,
        "listeners": [listener],
        "database": {"name": "sqlite3", "args": {"database": str(folder / "homeserver.db")}},
        "log_config": str(folder / "log.yaml"),
        "media_store_path": str(folder / "media"),
        "signing_key_path": str(folder / "signing.key"),
        "macaroon_secret_key": "the same in every life, or tokens die with it",
        "form_secret": "the same",
        "registration_shared_secret": "for admins",
        "enable_registration": True,
        "enable_registration_without_verification": True,
        "bcrypt_rounds": 4,
        "trusted_key_servers": [],
        "suppress_key_server_warning": True,
        "federation_domain_whitelist": [],
        "send_federation": False,
        "presence": {"enabled": False},
        "user_directory": {"enabled": False},
        "update_user_directory_from_worker": "nobody",
        "push": {"enabled": False},
        "stats": {"enabled": False},
        "enable_search": False,
        "gc_thresholds": [50_000, 50, 50],
        "enable_metrics": False,
        # Else the same request twice within two minutes gets the same answer, whatever happened meanwhile.
        "caches": {"sync_response_cache_duration": 0, "global_factor": 5},
    }


def _logging(file: Path) -> dict[str, Any]:
    return {
        "version": 1,
        "formatters": {"line": {"format": "%(asctime)s %(name)s %(levelname)s %(message)s"}},
        "handlers": {
            "file": {"class": "logging.FileHandler", "filename": str(file), "formatter": "line"},
        },
        "root": {"level": "WARNING", "handlers": ["file"]},
        # It warns of everybody who did not wait for an answer, as a bot does that is killed.
        "loggers": {"synapse.http.server": {"level": "ERROR"}},
        "disable_existing_loggers": False,
    }

"""What every test stands on: no settings, failpoints or time zone of the machine it runs on."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# Two shared cores: a slow machine is no wrong answer. Derandomised, so that a red run is red again.
settings.register_profile(
    "house", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("house")


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("EDCHAT_")]:
        monkeypatch.delenv(name)

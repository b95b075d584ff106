"""Which browser the tests use: Chromium without a window where there is one, for its pages cost a quarter."""

from __future__ import annotations

import shutil
from typing import Final

import pytest

CHROMIUM: Final = shutil.which("chromium-headless-shell") or shutil.which("chromium") or ""
PATIENCE: Final = 15_000
"""Milliseconds in which something has to appear on a page: a slow machine is no wrong answer."""

needs_a_browser = pytest.mark.skipif(
    not CHROMIUM, reason="no Chromium is installed here: apt-get install chromium-headless-shell"
)

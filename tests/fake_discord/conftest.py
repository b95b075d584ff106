"""Lets discord.py be imported once, without its warning that Python 3.13 drops a sound module."""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    import discord  # noqa: F401 - later imports find it done

from tests.fake_discord.rooms import room  # noqa: F401 - a fixture; discord.py must be there first
from tests.fake_discord.school import ann, bot, fake, general, school  # noqa: F401 - fixtures too

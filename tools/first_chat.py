"""Writes docs/discord-first-chat.md from a real run; a test compares the two."""

import asyncio
import tempfile
from pathlib import Path

from bot import logs
from tests.support.discord_recording import page, recorded

PAGE = Path("docs/discord-first-chat.md")


def main() -> None:
    """Write the page."""
    logs.set_up("error")
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(page(*asyncio.run(recorded(Path(folder)))), encoding="utf-8")


if __name__ == "__main__":
    main()

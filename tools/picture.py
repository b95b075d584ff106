"""Draws docs/demo.svg: the demo's live view as it stands in the middle of an evening."""

import asyncio
import io
import re
import tempfile
from pathlib import Path

from rich.console import Console

from bot import logs
from bot.app import opened
from bot.demo.evening import Demo, Evening, beside
from bot.demo.view import Scene, drawn
from bot.settings import Settings

PICTURE = Path("docs/demo.svg")
WANTED_QUESTION = 5


class Painter:
    """Keeps the last scene in which the wanted question is on."""

    def __init__(self) -> None:
        self.scene: Scene | None = None

    def show(self, scene: Scene) -> None:
        """Keep it, if it is the one."""
        if scene.running.chat.asked == WANTED_QUESTION:
            self.scene = scene

    def close(self) -> None:
        """Nothing needs to be ended."""


async def evening(folder: Path, painter: Painter) -> None:
    """Play one evening in twenty seconds for the painter."""
    settings = Settings(_env_file=None).model_copy(update={"data_dir": folder})
    played = Evening(Demo(seconds=20), settings)
    await played.prepare()
    async with opened(settings, played.clock()) as app:
        await beside(app, played.play(app, painter))


def svg(scene: Scene) -> str:
    """The scene as a picture that fetches nothing from elsewhere."""
    console = Console(record=True, width=96, file=io.StringIO(), force_terminal=True)
    console.print(drawn(scene))
    drawing = console.export_svg(title="make demo")
    return re.sub(r"@font-face \{.*?\}\s*|<!--.*?-->\s*", "", drawing, flags=re.DOTALL)


def main() -> None:
    """Write the picture."""
    logs.set_up("error")
    painter = Painter()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(evening(Path(folder), painter))
    if painter.scene is not None:
        PICTURE.write_text(svg(painter.scene), encoding="utf-8")


if __name__ == "__main__":
    main()

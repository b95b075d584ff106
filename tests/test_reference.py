"""The reference and the declarations say the same."""

import re
from pathlib import Path

from tools.reference import commands, page

DOCS = Path(__file__).parent.parent / "docs"


def test_the_command_reference_is_what_is_declared() -> None:
    written = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert written == page(), "run `make reference` to write docs/commands.md anew"


def test_the_guide_for_moderators_names_only_commands_that_exist() -> None:
    known = {command.path for command in commands() if command.path}
    groups = {path.split()[0] for path in known if " " in path}
    guide = (DOCS / "moderators.md").read_text(encoding="utf-8")
    spoken = [tuple(piece.split()[:2]) for piece in re.findall(r"`([a-z][^`\n]*)`", guide)]
    named = {" ".join(words) for words in spoken if len(words) > 1 and words[0] in groups}
    assert named, "the guide names no command at all"
    assert named <= known


def test_the_picture_of_the_house_names_every_room() -> None:
    house = (DOCS / "architecture.md").read_text(encoding="utf-8")
    bot = DOCS.parent / "bot"
    rooms = [*bot.glob("*.py"), *bot.glob("core/**/*.py"), *bot.glob("storage/**/*.py")]
    named = {room for room in rooms if re.search(rf"\b{room.stem}\b", house)}
    spoken = {room for room in rooms if room.parent.name == "sentences" or room.stem == "__init__"}
    assert set(rooms) - named - spoken == set()

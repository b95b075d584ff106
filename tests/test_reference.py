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
    rooms = [*(DOCS.parent / "bot").glob("*.py"), *(DOCS.parent / "bot").glob("[cs]*/*.py")]
    named = {room.name for room in rooms if room.name in house or room.stem in house}
    beside = {room.name for room in rooms if room.name.startswith(("label_", "__init__"))}
    spoken = {room.name for room in rooms if room.name.endswith("_sentences.py")}
    assert {room.name for room in rooms} - named - beside - spoken == set()

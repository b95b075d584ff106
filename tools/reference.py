"""Writes docs/commands.md from the declared commands; a test compares the two."""

from collections.abc import Iterable
from pathlib import Path

from bot.commands.declared import Command
from bot.commands.help import Help, example_of, usage
from cogs import every_cog

PAGE = Path("docs/commands.md")
HEAD = """# Commands

Made from the declarations by `make reference`. On text networks and at the prompt a command begins with
`!edchat`; `edchat say "..."` carries one out as the owner. What stands in brackets may be left out, and
`name=...` is given by name.
"""
WHO = {0: "everybody", 1: "hosts", 2: "the owner"}


def page() -> str:
    """The whole reference."""
    return "\n".join([HEAD, *(_entry(command) for command in commands())])


def commands() -> Iterable[Command]:
    """Every declared command, in the order of help."""
    declared = [command for cog in every_cog() for command in cog.commands()]
    return [*declared, *Help({}).commands()]


def _entry(command: Command) -> str:
    title = command.path or "edchat"
    example = "\n".join(["!edchat " + example_of(command)]).strip()
    lines = [f"## {title}", "", command.help, "", f"For {WHO[command.role]}."]
    lines += ["", "```", f"!edchat {usage(command)}".strip(), "```"]
    named = [f"- `{param.name.replace('_', '-')}`: {param.help}" for param in command.params if param.help]
    lines += ["", *named] if named else []
    if example != f"!edchat {usage(command)}".strip():
        lines += ["", "For example:", "", "```", example, "```"]
    return "\n".join([*lines, ""])


def main() -> None:
    """Write the page."""
    PAGE.write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()

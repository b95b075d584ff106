"""Runs the command line: `python -m bot` is `edchat`."""

from bot.cli import main

main()

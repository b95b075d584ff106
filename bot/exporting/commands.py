"""The commands `edchat export ...` and `edchat import`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from bot.carrying import carry_out, settings_for
from bot.core.model import Refused
from bot.core.sentences import exporting as said

export = App(name="export", help="Write out what the bot keeps, while it runs or not.")


@export.command
def site(folder: Path | None = None, *, community: str | None = None, address: str | None = None) -> None:
    """Write the public archive as files that need no bot, with a search; an earlier export is replaced.

    Parameters
    ----------
    folder: a new or empty folder, or that of an earlier export.
    community: only this one.
    address: where the files will be read, as in https://archive.example.org.
    """
    from bot.exporting.site import export_site

    if folder is None:
        raise Refused(said.EXPORT_WHERE)
    print(carry_out(export_site(settings_for(quiet=True), folder.absolute(), community, address)))


@export.command
def data(file: Path | None = None, *, community: str | None = None) -> None:
    """Write all as one bundle that checks itself, for `edchat import`; no secrets are in it.

    Parameters
    ----------
    file: the new file to write.
    community: only this one.
    """
    from bot.exporting.bundle import export_bundle

    if file is None:
        raise Refused(said.EXPORT_FILE)
    print(carry_out(export_bundle(settings_for(quiet=True), file.absolute(), community)))


@export.command
def chat(
    series: str | None = None,
    day: str | None = None,
    *,
    form: Annotated[str, Parameter("--format")] = "md",
    file: Path | None = None,
    readers: str = "members",
    community: str | None = None,
) -> None:
    """Write one chat, to a new file or to standard output.

    Parameters
    ----------
    series: the weekly chat.
    day: its day, as in 2026-11-17.
    form: md, json, csv or html.
    file: a new file.
    readers: for whose eyes: public, members or hosts.
    community: where several have a weekly chat of that name.
    """
    from bot.exporting.chat import Wish, export_chat

    wish = Wish(series or "", day or "", form, readers, community)
    carry_out(export_chat(settings_for(quiet=True), wish, file and file.absolute()))


@export.command
def json(file: Path | None = None) -> None:
    """Write everything as one JSON document, to a new file or to standard output.

    Parameters
    ----------
    file: the new file to write.
    """
    from bot.exporting.document import export_document

    carry_out(export_document(settings_for(quiet=True), file))


def bring_in(
    file: Path | None = None,
    *,
    addresses: Annotated[list[str] | None, Parameter("--address", negative="")] = None,
) -> None:
    """Bring in a bundle of `edchat export data`; what was forgotten here stays forgotten.

    Parameters
    ----------
    file: the bundle.
    addresses: another word in its pages' addresses, as in staffroom; of several communities staff=staffroom.
    """
    from bot.exporting.bundle import import_bundle

    if file is None:
        raise Refused(said.IMPORT_WHAT)
    print(carry_out(import_bundle(settings_for(quiet=True), file.absolute(), addresses or ())))

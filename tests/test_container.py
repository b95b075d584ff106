"""The container's papers agree with the house; `make container` carries them out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from starlette.routing import compile_path

from bot.settings import Settings, variable
from bot.web.app import ROOT
from tests.support.hosted import environment
from tools import container

HOUSE = Path(__file__).parents[1]
yaml: Any = import_module("yaml")  # it comes without types
DOCKERFILE = (HOUSE / "Dockerfile").read_text(encoding="utf-8")
IGNORE = (HOUSE / ".dockerignore").read_text(encoding="utf-8")
KNOWN = {variable(field) for field in Settings.model_fields}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((HOUSE / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_what_the_image_copies_is_there_and_not_left_out() -> None:
    sources = [source for source, _ in container.copied(DOCKERFILE)]
    assert {"bot", "cogs", "migrations", "requirements-run.lock"} == set(sources)
    assert [one for one in sources if not (HOUSE / one).exists() or container.left_out(IGNORE, one)] == []


@pytest.mark.parametrize("name", ["data", ".env", ".git", ".venv", "tests", "compose.yaml"])
def test_what_the_image_does_not_need_never_reaches_the_build(name: str) -> None:
    assert container.left_out(IGNORE, name)


def test_the_image_runs_as_a_user_without_rights_and_asks_a_page_that_is_there() -> None:
    assert container.user(DOCKERFILE) > 1000
    assert DOCKERFILE.index("\nUSER ") > DOCKERFILE.rindex("\nRUN ")
    [path] = re.findall(r"http://127\.0\.0\.1:8080(/\w+)", " ".join(container.health(DOCKERFILE)))
    assert any(compile_path(page.path)[0].fullmatch(path) for page in ROOT if "GET" in page.methods)


def test_the_image_sets_only_what_can_be_set() -> None:
    ours = container.settings(DOCKERFILE)
    assert {name for name in ours if name.startswith("EDCHAT_")} <= KNOWN
    assert (ours["EDCHAT_DATA_DIR"], ours["EDCHAT_WEB_PORT"]) == ("/data", "8080")


def test_compose_lets_the_bot_write_nothing_but_its_volume() -> None:
    bot = compose()["services"]["edchat"]
    assert (bot["read_only"], bot["cap_drop"], bot["volumes"]) == (True, ["ALL"], ["edchat:/data"])
    assert "no-new-privileges:true" in bot["security_opt"]
    assert not {"ports", "privileged", "cap_add", "user"} & set(bot)
    assert set(compose()["volumes"]) == {"edchat", "caddy"}


def test_compose_gives_the_bot_time_to_end() -> None:
    assert int(compose()["services"]["edchat"]["stop_grace_period"].removesuffix("s")) > container.AT_MOST


def test_compose_sets_only_what_can_be_set_and_needs_one_name() -> None:
    services = compose()["services"]
    assert set(services["edchat"]["environment"]) <= KNOWN
    whole = (HOUSE / "compose.yaml").read_text(encoding="utf-8")
    needed = set(re.findall(r"\$\{(\w+):\?", whole))
    named = set(re.findall(r"\$\{(\w+)\}", whole))
    assert needed == {"EDCHAT_DOMAIN"}
    assert named <= needed


def test_the_proxy_is_the_one_that_is_trusted_and_finds_the_bot() -> None:
    services = compose()["services"]
    address = services["caddy"]["networks"]["inside"]["ipv4_address"]
    assert services["edchat"]["environment"]["EDCHAT_WEB_TRUSTED_PROXIES"] == address
    caddyfile = (HOUSE / "Caddyfile").read_text(encoding="utf-8")
    assert "reverse_proxy edchat:8080" in caddyfile
    assert caddyfile.count("{") == caddyfile.count("}")
    assert "./Caddyfile:/etc/caddy/Caddyfile:ro" in services["caddy"]["volumes"]


def test_running_needs_no_more_than_what_is_pinned_for_it() -> None:
    asked = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    pinned = (HOUSE / "requirements-run.lock").read_text(encoding="utf-8")
    names = {re.split(r"[\[<>=]", one)[0].replace(".", "-") for one in asked}
    assert {name for name in names if not re.search(rf"(?m)^{re.escape(name)}==", pinned)} == set()
    assert not re.search(r"(?m)^(pytest|mypy|ruff|playwright|setuptools)==", pinned)
    everything = (HOUSE / "requirements.lock").read_text(encoding="utf-8")
    pins = set(re.findall(r"(?m)^([\w.-]+==\S+)", pinned))
    assert pins <= set(re.findall(r"(?m)^([\w.-]+==\S+)", everything))


LOOKS = """
import asyncio, os, sys
from pathlib import Path
import bot.storage.migrate, bot.web.app, bot.demo.samples
from bot.app import opened
from bot.hosting.reaching import with_pages
from bot.settings import load
from bot.web.site import static

async def main():
    assert bot.__file__.startswith(sys.argv[1]), bot.__file__
    async with opened(load()) as app:
        site = await with_pages(app, load())
        for name in site.templates.list_templates():
            site.templates.get_template(name)
        print(static("base.css"), len(list((Path(sys.argv[1]) / "bot/samples").glob("*.json"))))

asyncio.run(main())
"""


@pytest.mark.slow
def test_copied_elsewhere_and_read_only_it_finds_all_it_needs(tmp_path: Path) -> None:
    app = tmp_path / "app"
    for source, target in container.copied(DOCKERFILE):
        if target.startswith("/app/"):
            container.copy(HOUSE / source, app / Path(target).name)
    paths = [path for path in sys.path if "site-packages" in path]
    ours = environment(tmp_path / "data", PYTHONPATH=os.pathsep.join([str(app), *paths]), PYTHONSAFEPATH="1")
    ours["PYTHONDONTWRITEBYTECODE"] = "1"
    told = subprocess.run(
        [sys.executable, "-S", "-c", LOOKS, str(app)],
        env=ours, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    path, samples = told.stdout.split()
    assert path.startswith("/static/")
    assert int(samples) > 0


def test_what_is_installed_from_the_project_holds_every_file_that_it_reads() -> None:
    shipped = tomllib.loads((HOUSE / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    missing = []
    for package, patterns in shipped["package-data"].items():
        room = HOUSE / package
        listed = {file for pattern in patterns for file in room.glob(pattern)}
        read = {file for file in room.rglob("*") if file.is_file() and file.suffix != ".py"}
        read = {file for file in read if "__pycache__" not in file.parts}
        missing += [str(file) for file in read - listed]
    assert missing == []


@pytest.mark.slow
def test_the_steps_of_the_image_work() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "tools.container"],
        cwd=HOUSE, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert told.returncode == 0, told.stdout + told.stderr
    assert "health check: content" in told.stdout

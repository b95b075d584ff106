"""Checks that the locks pin what pyproject.toml asks for, with hashes and without addresses."""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCKS = "requirements.lock", "requirements-run.lock"
"""What is tested, and the part of it that running needs."""
_ADDRESS = re.compile(r"://|^-|^\s+-(?!-hash=)")


@dataclass(frozen=True, slots=True)
class Pin:
    """One version in the lock, for the machines its marker names."""

    name: str
    version: str
    hashes: int


def asked(pyproject: str, *, dev: bool = True) -> list[Requirement]:
    """Read what the project needs to run, and to be worked on."""
    project = tomllib.loads(pyproject)["project"]
    wanted: list[str] = project["dependencies"] + (project["optional-dependencies"]["dev"] if dev else [])
    return [Requirement(text) for text in wanted]


def pins(lock: str) -> list[Pin]:
    """Read the lock's pins."""
    blocks = re.split(r"\n(?=\S)", re.sub(r"(?m)^\s*#.*\n?", "", lock))
    return [_pin(block) for block in blocks if "==" in block]


def _pin(block: str) -> Pin:
    requirement = Requirement(block.partition("\\")[0])
    version = str(requirement.specifier).removeprefix("==")
    return Pin(canonicalize_name(requirement.name), version, block.count("--hash=sha256:"))


def faults(pyproject: str, lock: str, *, dev: bool = True) -> Iterator[str]:
    """Say in one line each what is wrong with a lock."""
    pinned = pins(lock)
    for need in asked(pyproject, dev=dev):
        versions = [pin.version for pin in pinned if pin.name == canonicalize_name(need.name)]
        if not any(need.specifier.contains(version, prereleases=True) for version in versions):
            yield f"{need} is not pinned (found: {', '.join(versions) or 'nothing'})"
    yield from (f"{pin.name} {pin.version} has no hash" for pin in pinned if not pin.hashes)
    yield from (f"names an address: {line}" for line in lock.splitlines() if _ADDRESS.search(line))


def main() -> int:
    """Print the faults of this project's locks; the exit code says whether there were any."""
    pyproject, whole, run = (Path(name).read_text("utf-8") for name in ("pyproject.toml", *LOCKS))
    found = [f"requirements.lock: {fault}" for fault in faults(pyproject, whole)]
    found += [f"requirements-run.lock: {fault}" for fault in faults(pyproject, run, dev=False)]
    apart = {(pin.name, pin.version) for pin in pins(run)} - {(pin.name, pin.version) for pin in pins(whole)}
    found += [
        f"requirements-run.lock: {name} {version} is not what is tested" for name, version in sorted(apart)
    ]
    for fault in found:
        print(f"{fault}; run make lock", file=sys.stderr)  # noqa: T201 - a command's answer
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())

"""Discord's own description of its REST interface: what each request and answer must look like."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

DOCUMENT: Final = Path(__file__).parents[2] / "data" / "discord-openapi.json"
NAME: Final = "urn:discord"
UNKNOWN: Final = "Discord has no such request"
BITS: Final = frozenset({"default_member_permissions", "permissions", "allow", "deny"})
"""discord.py writes these as digits in a string, where the document wants a number; Discord takes both."""

_NEW: Final = re.compile(r'"(?:(\d{17,19})|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?\+00:00)"')
"""What makes two bodies differ that are right or wrong together: snowflakes, and when something was."""


def _reference(validator: Validator, reference: str, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """Let discord.py write ids as numbers: snowflakes, attachments' ids; Discord takes both."""
    if reference.endswith("/SnowflakeType") and type(instance) is int:
        return
    yield from Draft202012Validator.VALIDATORS["$ref"](validator, reference, instance, schema) or ()


_OfRequests: Final[Any] = extend(Draft202012Validator, {"$ref": _reference})  # type: ignore[no-untyped-call] # theirs


@cache
def document() -> Any:
    """Read the document, once in a process."""
    return json.loads(DOCUMENT.read_text(encoding="utf-8"))


@cache
def _registry() -> Any:
    resource = Resource.from_contents(document(), default_specification=DRAFT202012)
    return Registry[Any]().with_resource(NAME, resource)


@cache
def _paths() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Give every path as a pattern, those with the fewest variables first."""
    paths = sorted(document()["paths"], key=lambda path: (path.count("{"), path))
    return tuple((re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in paths)


@cache
def _validator(pointer: str, *, request: bool) -> Validator:
    kind: Any = _OfRequests if request else Draft202012Validator
    validator: Validator = kind({"$ref": f"{NAME}#{pointer}"}, registry=_registry())
    return validator


def _escaped(path: str) -> str:
    return path.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


@cache
def _template(method: str, shape: str) -> str | None:
    """Give the document's path for one of ours, in which ids are 0 already."""
    for pattern, path in _paths():
        if pattern.fullmatch(shape) and method in document()["paths"][path]:
            return path
    return None


def template_of(method: str, path: str) -> str | None:
    """Give the path in the document that a request is for, if Discord has it."""
    return _template(method.lower(), re.sub(r"\d{5,}", "0", path))


def in_request(method: str, path: str, body: Any) -> str | None:
    """Say what is wrong with a request, or nothing."""
    template = template_of(method, path)
    if template is None:
        return f"{method} {path}: {UNKNOWN}"
    asked = document()["paths"][template][method.lower()].get("requestBody")
    if asked is None or "application/json" not in asked["content"]:
        return None
    if body is None:
        return f"{method} {path}: a body is missing" if asked.get("required") else None
    inside = f"/paths/{_escaped(template)}/{method.lower()}/requestBody/content/application~1json/schema"
    return _wrong(f"{method} {path} request", inside, _tolerated(body), request=True)


def in_response(method: str, path: str, status: int, body: Any) -> str | None:
    """Say what is wrong with an answer, or nothing."""
    template = template_of(method, path)
    if template is None:
        return None
    answers = document()["paths"][template][method.lower()]["responses"]
    if status >= 400:
        # The document wants numbers as codes of single fields, where Discord itself writes words.
        body = {key: value for key, value in body.items() if key != "errors"}
        pointer = f"/components/schemas/{'RatelimitedResponse' if status == 429 else 'ErrorResponse'}"
    elif str(status) not in answers:
        return f"{method} {path}: Discord answers with {sorted(answers)}, not with {status}"
    elif "content" not in answers[str(status)]:
        return None if body is None else f"{method} {path}: {status} has no body"
    else:
        inside = f"{method.lower()}/responses/{status}/content/application~1json/schema"
        pointer = f"/paths/{_escaped(template)}/{inside}"
    return _wrong(f"{method} {path} {status}", pointer, body, request=False)


def _tolerated(body: Any) -> Any:
    """Give a body with permission bits as the numbers they are."""
    if isinstance(body, list):
        return [_tolerated(one) for one in body]
    if isinstance(body, dict):
        return {key: _bits(key, value) for key, value in body.items()}
    return body


def _bits(key: str, value: Any) -> Any:
    if key in BITS and isinstance(value, str) and value.isdecimal():
        return int(value)
    return _tolerated(value)


def _like_another(found: re.Match[str]) -> str:
    """Give a number or an instant that is as right as the one found, and the same each time."""
    return '"1000000000000000000"' if found[1] else '"2026-01-01T00:00:00+00:00"'


def _wrong(what: str, pointer: str, body: Any, *, request: bool) -> str | None:
    fault = _fault(pointer, _NEW.sub(_like_another, json.dumps(body)), request=request)
    return f"{what}: {fault}" if fault else None


@lru_cache(2_000)
def _fault(pointer: str, written: str, *, request: bool) -> str | None:
    """What is wrong with a body; a thousand tests register the same commands."""
    error = best_match(_validator(pointer, request=request).iter_errors(json.loads(written)))
    if error is None:
        return None
    where = "/".join(str(step) for step in error.absolute_path)
    return f"at {where or 'the top'}: {error.message[:300]}"

"""How a page is looked at: in every width, by day and by night, for barriers and for what does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.async_api import Page as AsyncPage
from playwright.sync_api import Page

Light = Literal["light", "dark"]
LIGHTS: Final[tuple[Light, ...]] = ("light", "dark")
SIZES: Final = ((1280, 900), (390, 844), (320, 640))
RULES: Final[Mapping[Light, Mapping[str, object]]] = MappingProxyType(
    {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}
)
"""Night changes nothing on a page but its colours."""
_BY_NIGHT: Final = (1280, 390)
"""In which widths: the narrowest has the colours of a phone."""

SCRIPT: Final = Axe().axe_script
_RUN: Final = "rules => axe.run({resultTypes: ['violations'], ...rules})"
_TOO_WIDE: Final = "document.scrollingElement.scrollWidth - innerWidth"


def barriers(page: Page) -> list[str]:
    """What axe finds on an open page in each of its looks."""
    found = []
    page.evaluate(SCRIPT)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for light in LIGHTS if width in _BY_NIGHT else LIGHTS[:1]:
            page.emulate_media(color_scheme=light)
            found += _told(page.url, width, light, page.evaluate(_RUN, RULES[light]))
    return found


def too_wide(page: Page) -> list[str]:
    """In which widths an open page scrolls sideways."""
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        wide = page.evaluate(_TOO_WIDE)
        found += [f"{page.url} {width}: {wide} too wide"] if wide > 0 else []
    return found


async def barriers_on(page: AsyncPage) -> list[str]:
    """The same, and whether it fits, on a page that is driven without waiting."""
    found = []
    await page.evaluate(SCRIPT)
    for width, height in SIZES:
        await page.set_viewport_size({"width": width, "height": height})
        for light in LIGHTS if width in _BY_NIGHT else LIGHTS[:1]:
            await page.emulate_media(color_scheme=light)
            found += _told(page.url, width, light, await page.evaluate(_RUN, RULES[light]))
        wide = await page.evaluate(_TOO_WIDE)
        found += [f"{page.url} {width}: {wide} too wide"] if wide > 0 else []
    return found


def _told(url: str, width: int, light: str, result: Mapping[str, Any]) -> list[str]:
    return [
        f"{url} {width} {light}: {one['id']} {node['target']}"
        for one in result["violations"]
        for node in one["nodes"][:2]
    ]

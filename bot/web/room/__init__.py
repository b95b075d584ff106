"""A room in the browser: what stands in it, and what people do there."""

from bot.web.room import asking, doing, events, pages, reporting, tools, words

ROOM_PAGES = (
    *(*pages.PAGES, *asking.PAGES, *doing.PAGES, *tools.PAGES),
    *(*reporting.PAGES, *events.PAGES, *words.PAGES),
)
"""Every page of a room."""

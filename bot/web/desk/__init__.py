"""The desk: where hosts plan their chats in the browser, and look after them when they are over."""

from bot.web.desk import after, after_doing, front, plan, preview, removals, settings, term

AFTERWARDS = (*preview.PAGES, *after.PAGES, *after_doing.PAGES, *removals.PAGES)
"""What is done when a chat was held; the preview before the heaps, whose names stand in its place."""

DESK_PAGES = (*front.PAGES, *term.PAGES, *plan.PAGES, *settings.PAGES, *AFTERWARDS)
"""Every page of the desk."""

"""Journeys of people through the bot's pages, each in a real browser of their own."""

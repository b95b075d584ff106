"""Where Discord is: the real one, or another server that speaks its protocol."""

from discord.gateway import DiscordWebSocket
from discord.http import Route
from yarl import URL


def redirect(api_url: str, gateway_url: str) -> None:
    """Point discord.py elsewhere, for the whole process; an empty address leaves it as it is."""
    if api_url:
        Route.BASE = api_url
    if gateway_url:
        DiscordWebSocket.DEFAULT_GATEWAY = URL(gateway_url)

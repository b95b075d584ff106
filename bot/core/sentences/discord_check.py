"""What a look over the bot on Discord finds, and what to do about it."""

NOT_SET_UP = "There is no EDCHAT_DISCORD_TOKEN"
SET_UP_HOW = (
    "make an application on Discord's developer page and put its bot's token into EDCHAT_DISCORD_TOKEN"
)
TURNED_DOWN = "refused"
NOT_ANSWERING = "does not answer"
TRY_LATER = "see whether this machine reaches Discord, and try again later"
ON = "on"
OFF = "off"
NO_SERVER = "none"
NOT_WANTED_HERE = "the bot is there, but EDCHAT_DISCORD_GUILDS leaves it out"
NOT_WANTED_HOW = "add its number to EDCHAT_DISCORD_GUILDS, or let the bot leave"
ALL_PERMISSIONS = "all permissions"


def logged_in_as(name: str) -> str:
    """The token works."""
    return f"good; the bot is {name}"


def invite_with(link: str) -> str:
    """How to get a bot into its first server."""
    return f"open {link} and choose your server"


def permissions_missing(listed: str) -> str:
    """Which permissions a server does not give."""
    return f"missing: {listed}"


def invite_again(link: str) -> str:
    """How to give permissions: the invite link asks for exactly those needed."""
    return f"open {link} once more and choose that server, or allow them to the bot's role"

"""What the bot says about rooms on Matrix that do not let it do something, and what a look over it finds."""

from typing import Final

UNKNOWN_TO_SERVER: Final = (
    "The homeserver does not know the bot's token: make a new one, put it into EDCHAT_MATRIX_TOKEN "
    "(or the password into EDCHAT_MATRIX_PASSWORD), and start the bot again."
)
TURNED_OUT: Final = (
    "The homeserver takes the bot's password and at once forgets the token it gives for it: see whether "
    "something signs the bot's account out, and start the bot again."
)
NOT_LET_IN: Final = (
    "The homeserver refuses the bot's name or password: see EDCHAT_MATRIX_USER and EDCHAT_MATRIX_PASSWORD, "
    "and start the bot again."
)
NOT_BY_LOGIN: Final = (
    "The homeserver lets nobody in with a password: make an access token for the bot's account, put it into "
    "EDCHAT_MATRIX_TOKEN, and start the bot again."
)
DEACTIVATED: Final = (
    "The bot's account on the homeserver was closed: make another one and put it into the settings."
)

OUT_OF_ROOM: Final = "I am not in that room any more: invite me again, and everything goes on."
NOT_KNOWN: Final = "The room is not there any more, or I was never in it."
REACT_TO_CONFIRM: Final = "React with ✅ to do it."
TOO_LARGE: Final = "The homeserver takes no message of that size: make it shorter."


def another_account(is_: str, named: str) -> str:
    """The token is somebody else's."""
    return f"The token in EDCHAT_MATRIX_TOKEN is that of {is_}, not of {named}: correct one of the two."


def homeserver_said_no(what: str, code: str) -> str:
    """Said when the homeserver refuses in words of its own."""
    return f'The homeserver says no: "{what}" ({code}).'


def taken(alias: str) -> str:
    """An address that the bot needs leads elsewhere."""
    return (
        f"Another room has the address {alias} already, and I am not in it: invite me there, "
        "or give it another address."
    )

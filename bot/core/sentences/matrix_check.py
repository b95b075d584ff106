"""What a look over the bot on Matrix finds, and what to do about it."""

from collections.abc import Iterable

NO_ACCOUNT = "There is no EDCHAT_MATRIX_HOMESERVER"
MAKE_ACCOUNT = (
    "make an account for the bot on a homeserver, and set EDCHAT_MATRIX_HOMESERVER, EDCHAT_MATRIX_USER, and "
    "EDCHAT_MATRIX_TOKEN or EDCHAT_MATRIX_PASSWORD"
)
NOT_LET_IN_NOW = "refused"
SILENT = "does not answer"
ASK_LATER = "see whether this machine reaches the homeserver, and try again later"
NO_HOMESERVER = "something answers there, but it is no homeserver"
ITS_OWN_ADDRESS = (
    "write the homeserver's own address, which may be another than its name: "
    "https://NAME/.well-known/matrix/client tells it"
)
WRITE_HTTPS = "write https://, or the bot's token can be read on the way"
NO_ROOM = "none"
ALL_POWERS = "all powers"
LACKING = "something is missing"
LIMIT_OFF = "none"
LIMIT_UNSEEN = "only the homeserver's administrator sees it"
LIMIT_USUAL = "the homeserver's usual one; a Synapse takes one message in 5 seconds after the first 10"


def no_answer(fault: str) -> str:
    """The homeserver did not answer as it should, and said why."""
    return f"does not answer ({fault})"


def answers(address: str, newest: str) -> str:
    """The homeserver is there."""
    return f"{address}, up to {newest}" if newest else address


def comes_in_as(user: str, device: str) -> str:
    """The account works."""
    return f"{user}, as {device}" if device else user


def invited_by(inviters: Iterable[str]) -> str:
    """Whose invitations are accepted."""
    return f"accepted from {', '.join(sorted(inviters))}"


def invite(user: str) -> str:
    """How to get a bot into its first room."""
    return f"invite {user} into a room"


def lift_limit(user: str) -> str:
    """How the bot may say all that it has to say in time."""
    return (
        "in a lively chat receipts come late; an administrator lifts it for the bot alone: "
        f"POST /_synapse/admin/v1/users/{user}/override_ratelimit "
        'with {"messages_per_second": 0, "burst_count": 0}'
    )

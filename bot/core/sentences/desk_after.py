"""What the desk says of what was said: buttons that are none, and pages that nobody else reads."""

from bot.core.tongue import marked

NO_SUCH_ACT = marked("That is no button of this page; please open it again.")
SETTLED_ALREADY = marked("That was settled already, or is gone; this page shows what waits now.")

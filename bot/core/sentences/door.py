"""What is said at the door of the web pages: to those who come in, and to those who are turned away."""

from bot.core.tongue import marked

# --- Names -----------------------------------------------------------------------------------

NAME_EMPTY = marked("A name needs at least one letter or digit; please type the name that others will see.")

NO_MEMBER = marked("That person is no member here, so there is nothing to change.")

READERS_LATER = marked("Each chat says at its start who may read it afterwards.")

# --- Links that open nothing -----------------------------------------------------------------

LINK_SPENT = marked("This link was used already, has run out, or is not whole.")
JOIN_LINK_WRONG = marked("This link opens no room: it was replaced by a new one, or it is not whole.")
READING_LINK_WRONG = marked(
    "This link opens no weekly chat: it was replaced by a new one, or it is not whole."
)
HOW_TO_GET_A_LINK = marked(
    "Ask a host of your chat for a new one: links for hosts and readers open once, and within seven days; "
    "the room's own link opens as often as you like."
)

# --- What is turned away ---------------------------------------------------------------------

WEB_HOST_WRONG = marked("These pages are not kept under that name; please open them by their own address.")
WEB_METHOD_WRONG = marked("Pages are read or sent, and nothing else can be done with them.")
WEB_ADDRESS_LONG = marked("That address is too long; please open the page again from its beginning.")
WEB_HEADERS_LONG = marked(
    "That request says too much about itself; please clear this site's cookies and try again."
)
WEB_BODY_LONG = marked("That is more text than one form may carry; please send it in two parts.")
WEB_FORM_FOREIGN = marked(
    "This form did not come from these pages; please open the page again and send it there."
)
WEB_TOO_FAST = marked("That was a lot at once; please wait {seconds} s and try again.")
WEB_BROKEN = marked("Something went wrong, and nothing was changed; please try again in a moment.")
WEB_UNREADABLE = marked("That was no request that a browser would send.")

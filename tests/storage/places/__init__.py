"""Places and what is known of them."""

"""Weekly chats and their chats, stored."""

"""Weekly chats and their chats, from plan to thanks."""

"""The bot on Discord: the real library, over sockets, against a little Discord of our own."""

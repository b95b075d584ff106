"""What the archive's pages and files say: a chat, its hour, its dates and its links."""

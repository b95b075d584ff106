"""The bot as a process of its own: killed, stopped, out of space, and started again."""

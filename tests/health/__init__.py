"""The health room: who is told what is wrong with the bot."""

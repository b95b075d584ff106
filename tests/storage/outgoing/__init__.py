"""What is to be said, in its order."""

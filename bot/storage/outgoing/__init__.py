"""What is to be said and done in each place, and what becomes of it."""

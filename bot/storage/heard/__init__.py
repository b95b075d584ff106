"""What was heard: sweeps made into rows, words that wait or move, and what was missed."""

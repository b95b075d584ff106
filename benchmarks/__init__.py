"""What is measured: ratios within one run, never milliseconds to live up to."""

"""What is free, when, and why not more."""

"""The bench: what is prepped, handed out and checked in, counted by movements that add up."""

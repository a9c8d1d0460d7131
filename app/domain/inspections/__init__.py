"""Recurring tests of gear, and what came of them."""

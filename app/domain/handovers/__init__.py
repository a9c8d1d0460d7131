"""Gear that changes hands: dispatch, check-in, and what becomes of what does not come back."""

"""Payments: what came in and went back, by hand and through a payment provider, and what is still owed."""

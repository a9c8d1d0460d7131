"""Quotes: drafts that follow an event, versions that were sent, and what clients said to them."""

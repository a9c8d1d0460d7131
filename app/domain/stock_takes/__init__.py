"""Counting what is there."""

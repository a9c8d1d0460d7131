"""Boxes that gear travels in."""

"""Flat drawings of gear: dark devices on a light ground, one module for each trade."""

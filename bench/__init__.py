"""Measurements, as ratios within one run: `make bench`, `python -m bench.live`."""

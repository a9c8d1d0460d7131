"""AV-RENTALS: rental software for audio, lighting and video gear."""

__version__ = "0.1.0"

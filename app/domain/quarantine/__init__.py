"""The quarantine desk: what is here and nobody has decided about."""

"""What goes together: kits, accessories, substitutes."""

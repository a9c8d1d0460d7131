"""The plan as a picture: what stands on each equipment, or each unit, over days and hours."""

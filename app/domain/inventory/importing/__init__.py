"""Stock lists: what a column may become, how rows are checked against the inventory and written."""

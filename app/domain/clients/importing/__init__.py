"""Client lists: what a column may become, how rows are checked against the clients and written."""

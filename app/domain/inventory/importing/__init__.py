"""Bringing a stock list into the inventory, up to the point where something would be written.

A file becomes a table (`app.lib.tabular`), its columns are mapped to fields (`mapping`), every row is
checked against what is known (`checking`), and rows that cannot be used go back to the person
(`report`). Nothing here reads or writes a database.
"""

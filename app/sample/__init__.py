"""Northlight AV of Hamburg: the sample company that shows the product with something in it.

Only data and pure functions. Everything that happened is relative to a given instant, and the same
instant always gives the same company.
"""

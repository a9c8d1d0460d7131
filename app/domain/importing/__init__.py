"""Bringing files of records in: read, mapped, checked row by row, written by a job, taken back.

What is the same for all of them is here. What it is that comes in, its fields, its rules and how it is
written, is a `Kind` (`kinds`) that the area of the records defines.
"""

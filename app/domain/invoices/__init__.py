"""Invoices, credit notes, and what is still to be asked for."""

"""Papers about money: quotes, confirmations, invoices, credit notes; one shape for all of them."""

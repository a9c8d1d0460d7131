"""Events, what is rented for them, and what that does to the stock."""

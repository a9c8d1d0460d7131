"""What gear costs for how long, and what that comes to with discounts and tax."""

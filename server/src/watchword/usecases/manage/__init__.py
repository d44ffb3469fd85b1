"""What an operator does to projects, keys and balances."""

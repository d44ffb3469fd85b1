"""Phone verification that a company runs itself."""

"""Which route a message takes, and why."""

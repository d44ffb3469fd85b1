"""How it is done: each port's keepers, and everything that talks to the world."""

"""What we need from outside: protocols, and the values they exchange."""

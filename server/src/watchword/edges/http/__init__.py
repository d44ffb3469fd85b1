"""What every HTTP edge shares: bounded bodies, answers, health, and the protocol's own limits."""

"""What is true: pure values, state machines and rules, with no I/O, clock, randomness or logging."""

"""The hosted page: a person walks through it from their number to a checked code."""

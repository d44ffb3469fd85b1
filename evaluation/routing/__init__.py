"""A simulated world of routes that drift and fail, and of people who wait for codes, to judge routing in."""

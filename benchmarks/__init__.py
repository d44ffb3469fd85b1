"""Benchmarks: how fast Watchword is, as ratios to others in the same run on the same core."""

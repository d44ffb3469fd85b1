"""Simulated worlds in which Watchword's own judgement is measured against simpler rules."""

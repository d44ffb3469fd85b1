"""Invented history: what the sample project is filled with."""

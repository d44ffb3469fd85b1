"""Providers: one file each, registered by an entry point."""

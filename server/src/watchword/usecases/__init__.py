"""What Watchword does: one verb per file, each of them load, decide, save."""

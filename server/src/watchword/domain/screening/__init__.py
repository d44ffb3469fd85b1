"""Whether a request to send a code is let through, and the named reasons for it."""

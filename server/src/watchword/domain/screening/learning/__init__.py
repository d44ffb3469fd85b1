"""What screening learns from outcomes: which codes were answered, where, and what that says of a request."""

"""The management API: everything an operator can do, for scripts and for the console."""

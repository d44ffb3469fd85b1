"""The Python SDK for Watchword: send a code, check it, look a number up."""

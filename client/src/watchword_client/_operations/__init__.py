"""The calls of the API as values, one file each, without any input or output."""

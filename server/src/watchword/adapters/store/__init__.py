"""The store: SQL in files, one mapping to values, one engine per database."""

"""Schema version: an old program must not touch a newer database."""


class SchemaTooNewError(Exception):
    """The database was written by a newer Watchword; nothing was changed."""

    def __init__(self, where: str, found: int, known: int) -> None:
        super().__init__(
            f"{where} has schema {found}, this program knows schemas up to {known}: "
            "install the Watchword that last used it, or a newer one"
        )
        self.found = found
        self.known = known

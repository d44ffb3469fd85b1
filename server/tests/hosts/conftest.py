"""The faults of several hosts are noted as those of one are."""

from server.tests.faults.conftest import found

__all__ = ["found"]

"""Testing: what tests of others are built on: a running sandbox service, and the contract of providers."""

from watchword.testing.sandbox import RunningService, running_service

__all__ = ["RunningService", "running_service"]

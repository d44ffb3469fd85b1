"""Who asks: the API of Ding v1, health pages, and the worker that the outbox speaks to."""

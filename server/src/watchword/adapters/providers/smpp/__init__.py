"""SMPP 3.4: messages over binds of our own to a carrier's or an aggregator's message centre."""

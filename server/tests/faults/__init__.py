"""Faults that are really caused: killed processes, stopped databases, full disks, jumping clocks."""

"""Hosts: several machines, played by network namespaces, of which some are killed or cut off."""

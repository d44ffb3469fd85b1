"""How numbers are understood: the numbering plans, the mobile networks, the region names."""

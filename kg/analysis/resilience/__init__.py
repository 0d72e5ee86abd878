"""Resilience: what a stop or a start changes, and whom the city cannot do without."""

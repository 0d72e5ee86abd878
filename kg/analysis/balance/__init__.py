"""Balance: what the city makes beyond its own use, what could be made of it, and how competing uses share it best."""

from kg.analysis.balance.plan import Balance, PlannedStock, PlannedUse, find_balance

__all__ = ["Balance", "PlannedStock", "PlannedUse", "find_balance"]

"""Availability: what can be made and had, by AND over the inputs of a route and OR between routes."""

from kg.analysis.availability.outages import Fall, Outage, Spared
from kg.analysis.availability.producible import ROOT, Producible, find_producible

__all__ = ["ROOT", "Fall", "Outage", "Producible", "Spared", "find_producible"]

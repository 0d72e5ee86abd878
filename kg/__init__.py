"""Gongyue 拱月: a knowledge graph of a city's industrial ecosystem."""

__version__ = "0.1.0"

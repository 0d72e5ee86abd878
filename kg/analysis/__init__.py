"""Analysis: what the ledgers' facts mean for a city's chains. Functions in, frozen dataclasses out; no printing, no files."""

"""Versioned copies of the rule data; read through `domain.catalogue`."""

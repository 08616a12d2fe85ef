"""Printable forms of an order: what the court serves, and what a department answered."""

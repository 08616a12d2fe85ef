"""The law as plain Python: no I/O but its own packaged data, no clock, no framework."""

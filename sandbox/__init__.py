"""
Departments that do not exist: simulated systems on real sockets, for a population that is invented.

Each department is a program of its own with its own register, ledger and wire log. It speaks the
words of its page in docs/departments/ and shares no code with the gateway that asks it.
"""

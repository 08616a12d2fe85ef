"""
Departments that do not exist: simulated systems on real sockets, for a population that is invented.

Each department is a program of its own with its own register, ledger and wire log. It speaks the
words of its page in docs/departments/ and shares no code with the gateway that asks it.
"""

import os
from pathlib import Path

# A deployment's own departments may have simulated systems of their own.
if _own := os.environ.get("CHAKONG_OWN_DEPARTMENTS"):
    __path__ = [*__path__, str(Path(_own) / "sandbox")]

"""How each department is asked: one file per department, one per wire protocol."""

import os
from pathlib import Path

# A deployment's own departments, beside ours (docs/departments/kit.md).
if _own := os.environ.get("CHAKONG_OWN_DEPARTMENTS"):
    __path__ = [*__path__, str(Path(_own) / "connectors")]

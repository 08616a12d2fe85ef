"""The graph: what may be asked, by whom, and which department's question answers it."""

import os
from pathlib import Path

# A deployment's own departments, beside ours (docs/departments/kit.md).
if _own := os.environ.get("CHAKONG_OWN_DEPARTMENTS"):
    __path__ = [*__path__, str(Path(_own) / "resolvers")]

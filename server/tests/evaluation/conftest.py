"""Makes `evaluation` importable: it is part of the repository, of neither distribution."""

import sys
from pathlib import Path

ROOT = str(Path(__file__).parents[3])
if ROOT not in sys.path:
    sys.path.insert(0, ROOT)

"""``python -m everycount``."""

import sys

from everycount.cli import main

sys.exit(main())

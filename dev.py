#!/usr/bin/env python3
"""The one door for a developer or a newcomer; needs nothing but Python 3.11 or later.

python3 dev.py demo "a red mushroom"   sets everything up and makes the asset
python3 dev.py test                    sets everything up and tests
python3 dev.py --help                  the rest
"""

from __future__ import annotations

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (the message is for those who try)
    sys.exit("Dreamgrove needs Python 3.11 or later; this is " + sys.version.split()[0])

from devtools.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

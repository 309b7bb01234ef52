"""Before anything serves people: production without what it needs does not start."""

import os
import sys

from ops import variables

CANNOT = 78
"""EX_CONFIG of sysexits.h: a mistake of the configuration, which starting again does not mend."""


def refuse_what_is_not_ready() -> None:
    """End the process with a line for each variable that production lacks. Nothing happens in the demonstration."""
    if sentence := variables.refusal(os.environ):
        sys.stderr.write(sentence + "\n")
        sys.exit(CANNOT)

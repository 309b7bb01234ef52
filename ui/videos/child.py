"""`python -m ui.videos.child MEMORY_MB CPU_SECONDS FILE_MB PROGRAM ...`: limits this process, then becomes the program.

Limits are inherited by what it starts, and the program ends with who started this. No Django, no secrets here.
"""

import os
import resource
import sys

from geokit.process_limits import limit_this_process

ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"}


def main(memory_mb: int, cpu_seconds: int, file_mb: int, program: list[str]) -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_mb * 1024**2, file_mb * 1024**2))
    limit_this_process(memory_mb, cpu_seconds)
    os.execve(program[0], program, ENVIRONMENT)  # noqa: S606 - found by whoever started this


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])

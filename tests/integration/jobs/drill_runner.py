"""A runner for the drills: the real one with a short lease, which may also call the drills' own functions."""

import sys
from datetime import timedelta


def main() -> None:
    import django

    django.setup()

    from jobs import calls, lanes

    lanes.LEASE, lanes.BEAT_SECONDS = timedelta(seconds=6), 1.0
    named = calls.named() | {"tests.integration.jobs.drill_effects.leave"}
    calls.named = lambda attribute="jobs": named

    from jobs import runner

    runner.run([lanes.Lane(name) for name in sys.argv[1:]])


if __name__ == "__main__":
    main()

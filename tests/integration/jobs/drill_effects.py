"""What the jobs of the drills do: leave a row for each run, and an effect that a second run does not make again."""

import time

from django.db import connection


def leave(number: int, seconds: float = 0.0) -> None:
    """Note that the job begins, take a while, have the effect."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO layer_work.drill_begun (number) VALUES (%s)", [number])
        time.sleep(seconds)
        cursor.execute("INSERT INTO layer_work.drill_effects (number) VALUES (%s) ON CONFLICT DO NOTHING", [number])

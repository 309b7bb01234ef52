"""Requests at the same moment: each has read what is there before any of them writes."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from time import monotonic, sleep
from typing import Any

from django.db import connection, connections, transaction
from django.db.models import Model

from geokit.refusal import Refusal
from ledger.locks import wait_turn

LONGEST_S = 30.0
WAITING = """
SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE NOT granted AND datname = current_database()
"""


def all_at_once(held: type[Model] | str, *works: Callable[[], Any]) -> list[Any]:
    """Run each work in a thread and connection of its own; return results, refusals among them.

    `held` is a table or the name of a turn (`ledger.locks`). Nobody takes the turn, writes to the table or locks a row
    of it until all works have come to a lock, so that none of them reads what another one wrote unless it waits for it.
    Only for tests with `transaction=True`. What is no refusal is raised.
    """
    with ThreadPoolExecutor(len(works)) as pool:
        with transaction.atomic(), connection.cursor() as cursor:
            if isinstance(held, str):
                wait_turn(held)
            else:
                cursor.execute(f'LOCK TABLE "{held._meta.db_table}" IN EXCLUSIVE MODE')
            futures = [pool.submit(_run, work) for work in works]
            _wait_until_all_wait(futures)
        return [future.result() for future in futures]


def _run(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except Refusal as refusal:
        return refusal
    finally:
        connections.close_all()


def _wait_until_all_wait(futures: list[Future[Any]]) -> None:
    end = monotonic() + LONGEST_S
    with connection.cursor() as cursor:
        while monotonic() < end:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(WAITING)
            if cursor.fetchone()[0] + sum(future.done() for future in futures) >= len(futures):
                return
            sleep(0.02)
    raise AssertionError("the works neither wait nor end")

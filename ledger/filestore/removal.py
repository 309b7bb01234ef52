"""Files go when no row names them any more; who else names the same bytes keeps them."""

import logging
from collections.abc import Collection
from functools import partial

from django.db import DatabaseError, transaction

from ledger import locks
from ledger.filestore import addressed, names, references
from ledger.filestore.small_copies import forget_small

log = logging.getLogger(__name__)


def release(name: str) -> None:
    """Once this transaction is committed, remove a file that a row named, unless another row names it."""
    if name:
        transaction.on_commit(partial(remove_unnamed, name), robust=True)


def remove_unnamed(name: str) -> bool:
    """Remove a file unless a row names it or is about to; whether it is gone. What cannot be asked stays for the night.

    Whoever stores the same bytes shares a lock until the row is there; it is waited for.
    """
    try:
        with transaction.atomic():
            if digest := names.digest_in(name):
                locks.wait_turn(addressed.LOCK, addressed.lock_of(digest))
            if references.named_among([name]):
                return False
            addressed.store().delete(name)
            forget_small(name)
            return True
    except (DatabaseError, OSError) as error:
        log.warning("%s stays for the nightly clean-up: %s", name, error)
        return False


@transaction.atomic
def remove_all_unnamed(some: Collection[str]) -> int:
    """Remove those files that no row names and that nobody is about to name, without waiting for anybody; how many."""
    free = {lock: locks.try_turn(addressed.LOCK, lock) for lock in sorted({_lock(name) for name in some} - {-1})}
    ours = [name for name in some if free.get(_lock(name), True)]
    kept = references.named_among(ours)
    for name in (removed := [name for name in ours if name not in kept]):
        addressed.store().delete(name)
    return len(removed)


def _lock(name: str) -> int:
    digest = names.digest_in(name)
    return addressed.lock_of(digest) if digest else -1

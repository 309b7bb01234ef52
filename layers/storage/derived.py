"""Files made from a layer for its readers (exports, pictures): where they lie, and that they go when they must.

Each lies in a folder named after what the layer disclosed when it was made: version, visibility, published columns and
revision. After any change the name is another one, so an old file fits no request whoever wrote the change; the files
themselves are removed once the change is committed, and every night those that no committed change told us of.
"""

import hashlib
import json
import logging
import shutil
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.signals import post_delete, post_save

from layers.storage.models import Layer
from ledger.filestore import places

log = logging.getLogger(__name__)
EXPORTS, PICTURES = "exports", "thumbnails"
KINDS = (EXPORTS, PICTURES)


def root(kind: str) -> Path:
    return places.folder(kind)


def stamp_of(layer: Layer) -> str:
    """Return what names the state of a layer that readers' files depend on (20 hexadecimal digits)."""
    version = layer.current_version
    state = [version and version.state, layer.visibility, layer.public_fields, layer.revision]
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()[:20]


def folder_of(layer: Layer, kind: str) -> Path:
    """Return where files of the layer as it is now lie."""
    return root(kind) / str(layer.pk) / stamp_of(layer)


def is_current(layer_id: int, stamp: str) -> bool:
    """Whether the layer still is as it was under `stamp`, as the database has it now."""
    layer = _shown().filter(pk=layer_id).first()
    return layer is not None and stamp_of(layer) == stamp


def remove_stale(layer_id: int) -> None:
    """Remove the files of all earlier states of a layer; of one that is deleted or off the map, all."""
    layer = _shown().filter(pk=layer_id).first()
    keep = stamp_of(layer) if layer is not None else ""
    for kind in KINDS:
        _keep_only(keep, root(kind) / str(layer_id))


def remove_all_stale() -> None:
    """Remove the files of earlier states of every layer, and what an earlier release kept under other names."""
    known = {str(layer.pk): stamp_of(layer) for layer in _shown()}
    for kind in KINDS:
        for layer_folder in _entries(root(kind)):
            if layer_folder.name in known:
                _keep_only(known[layer_folder.name], layer_folder)
            else:
                _remove(layer_folder)


def layer_changed(sender: type[Layer], instance: Layer, **more: Any) -> None:
    """Once the change is committed, its earlier files go."""
    layer_id = instance.pk
    transaction.on_commit(lambda: remove_stale(layer_id), robust=True)


def connect() -> None:
    post_save.connect(layer_changed, sender=Layer, dispatch_uid="derived files of a saved layer")
    post_delete.connect(layer_changed, sender=Layer, dispatch_uid="derived files of a deleted layer")


def _shown() -> QuerySet[Layer]:
    """The layers on the map, with the version that is shown."""
    return Layer.objects.filter(current_version__isnull=False).select_related("current_version")


def _keep_only(name: str, folder: Path) -> None:
    for path in _entries(folder):
        if path.name != name:
            _remove(path)


def _entries(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.is_dir() else []


def _remove(path: Path) -> None:
    """Remove a file or a folder. A file that is just being sent stays readable for who has it open."""
    try:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    except OSError as error:
        log.warning("cannot remove %s: %s", path, error)

"""Signals sent when a layer's published version changes, a version's rows are removed, or an import comes to rest."""

from django.dispatch import Signal

version_published = Signal()
"""Sent by `Layer` inside the publishing transaction, with `layer`, `version` (None when the layer is taken off the map)
and `previous` (the LayerVersion before, or None). Whoever raises undoes the publication; slow work belongs into
`transaction.on_commit`. Loads of vectors and rasters send it, and so does undo."""

version_removed = Signal()
"""Sent by `LayerVersion` when an old version's rows are being cleaned away, with `version`, inside that transaction."""

features_edited = Signal()
"""Sent by `Layer` with `layer` and `version` in the transaction that changed rows of the published version. The first
edit of a sitting sends `version_published` instead (`layers/editing/`)."""

import_settled = Signal()
"""Sent by `ImportJob` with `job` when it waits for a person, is done or has failed: after its own work and outside of
its lock and transaction. It may be sent twice, and is not sent where the process is killed in between."""

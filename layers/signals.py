"""Signals sent when a layer's published version changes or a version's rows are removed."""

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

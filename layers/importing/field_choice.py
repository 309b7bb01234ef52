"""A person's choice of a source's fields, their kinds and names, as a reader around the source's own."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from geokit.records.rows import Batch, Field, Issue, Reader, convert_column
from geokit.refusal import BadInput
from layers.storage.columns import no_field


class ChosenFields:
    """A reader without the fields left out, and with the kinds that were asked for."""

    def __init__(self, reader: Reader, kinds: Mapping[str, str], skipped: Sequence[str]) -> None:
        self._reader = reader
        self._places = [place for place, field in enumerate(reader.fields) if field.name not in skipped]
        self._before = [reader.fields[place] for place in self._places]
        self.fields = [Field(field.name, kinds.get(field.name, field.kind)) for field in self._before]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def batches(self, size: int) -> Iterator[Batch]:
        for batch in self._reader.batches(size):
            yield self._chosen(batch)

    def _chosen(self, batch: Batch) -> Batch:
        # What is wrong with a field that nobody wants, or that is read as something else now, says nothing.
        dropped = {field.name for field in self._reader.fields} - {
            new.name for old, new in zip(self._before, self.fields, strict=True) if old.kind == new.kind
        }
        issues = [issue for issue in batch.issues if not (issue.code == "value-invalid" and issue.field in dropped)]
        columns = [
            self._as(batch.columns[place], old, new, batch.first_row, issues)
            for place, old, new in zip(self._places, self._before, self.fields, strict=True)
        ]
        return Batch(batch.first_row, batch.geometry, columns, issues)

    @staticmethod
    def _as(values: Any, old: Field, new: Field, first_row: int, issues: list[Issue]) -> Any:
        if old.kind == new.kind:
            return values
        # An empty text is no number and no date: nothing was said.
        given = [None if new.kind != "text" and isinstance(v, str) and not v.strip() else v for v in values]
        return convert_column(given, new, first_row, issues)


def chosen_fields(
    reader: Reader, kinds: Mapping[str, str], skipped: Sequence[str], aliases: Mapping[str, str]
) -> Reader:
    """`reader` with a person's choice of fields. Raises BadInput `field-unknown`."""
    names = [field.name for field in reader.fields]
    for wanted in (*kinds, *skipped, *aliases):
        if wanted not in names:
            raise BadInput(no_field(wanted, names), code="field-unknown")
    if not kinds and not skipped:
        return reader
    return ChosenFields(reader, kinds, skipped)

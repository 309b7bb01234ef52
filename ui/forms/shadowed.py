"""Names that a browser's own form element has: a field with one of them hides it, and scripts that send forms break."""

SHADOWED = frozenset({"action", "elements", "form", "id", "length", "method", "reset", "submit", "target"})
"""What a field may not be called in the page; inside the program it may."""


class ShadowedNames:
    """For forms with such a field: it is called ``given-method`` in the page."""

    def add_prefix(self, field_name: str) -> str:
        prefixed: str = super().add_prefix(field_name)  # type: ignore[misc]  # a mixin of forms
        return f"given-{prefixed}" if prefixed in SHADOWED else prefixed

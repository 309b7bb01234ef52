"""A field of a form together with its value, as ``ui/field.html`` draws it."""

from django import forms
from django.forms.boundfield import BoundField, BoundWidget

LONG_LABEL = 14
"""Options with a label of more characters stand one below the other."""


class PageField(BoundField):
    """A bound field that names its help and its errors to screen readers, whatever its widget is."""

    @property
    def aria_describedby(self) -> str:
        """Return the ids of all that describes the field; ids that the widget names itself stand first."""
        ids = [self.field.widget.attrs.get("aria-describedby", "")]
        if self.auto_id and not self.is_hidden:
            ids += [f"{self.auto_id}_helptext"] if self.help_text else []
            ids += [f"{self.auto_id}_error"] if self.errors else []
        return " ".join(filter(None, ids))

    @property
    def is_checkbox(self) -> bool:
        """Tell whether this is a single tick, whose label stands behind it."""
        return isinstance(self.field.widget, forms.CheckboxInput)

    @property
    def options(self) -> list[BoundWidget]:
        """Return the radio buttons or ticks of a choice; nothing for every other widget."""
        is_list = self.use_fieldset and isinstance(self.field.widget, forms.widgets.ChoiceWidget)
        return list(self.subwidgets) if is_list else []

    @property
    def has_long_options(self) -> bool:
        """Tell whether some option needs a line of its own."""
        return any(len(str(option.choice_label)) > LONG_LABEL for option in self.options)

    @property
    def anchor(self) -> str:
        """Return the id of the control that an error's link leads to; empty for a hidden field."""
        if self.is_hidden:
            return ""
        return self.id_for_label or self._first_control_id() or self.auto_id

    def _first_control_id(self) -> str:
        """Return the id of the first option or part, for widgets that are several controls."""
        for widget in self.subwidgets:
            parts = widget.data.get("subwidgets") or [widget.data]
            return str(parts[0]["attrs"].get("id", ""))
        return ""

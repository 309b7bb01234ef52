"""The form of the style editor, and its rows of classes."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from layers.storage.columns import Column
from layers.styling.class_breaks import MOST_CLASSES as MOST_GRADES
from layers.styling.palettes import palettes
from layers.styling.style import CATEGORIZED, GRADUATED, MAX_ZOOM, MOST_CLASSES, SINGLE, Style, StyleClass
from ui.forms.shadowed import ShadowedNames

KIND_WORDS: dict[str, Promise] = {SINGLE: _("统一样式"), CATEGORIZED: _("按类别"), GRADUATED: _("按数值分级")}
METHOD_WORDS: dict[str, Promise] = {
    "quantile": _("分位数（各级要素一样多）"),
    "equal": _("等间隔"),
    "natural": _("自然断点（级内最相近）"),
    "manual": _("自己定界限"),
}
SHAPE_WORDS: dict[str, Promise] = {
    "circle": _("圆"), "square": _("方"), "triangle": _("三角"), "diamond": _("菱形"), "star": _("星"),
    "cross": _("十字"),
}  # fmt: skip
DASH_WORDS: dict[str, Promise] = {
    "solid": _("实线"), "dashed": _("虚线"), "dotted": _("点线"), "dashdot": _("点划线"),
}  # fmt: skip
AS_SYMBOL = ("", _("同上"))


def _colour(label: Any, **more: Any) -> forms.RegexField:
    return forms.RegexField(
        r"^#[0-9a-fA-F]{6}$", label=label, widget=forms.TextInput(attrs={"type": "color"}), **more
    )  # fmt: skip


def _number(label: Any, low: float, high: float, step: float = 1, **more: Any) -> forms.FloatField:
    return forms.FloatField(
        label=label, min_value=low, max_value=high, widget=forms.NumberInput(attrs={"step": step}), **more
    )


class StyleForm(ShadowedNames, forms.Form):
    """Everything about a style but its classes, which are rows `class-0-colour` and so on."""

    kind = forms.ChoiceField(label=_("怎样画"), choices=list(KIND_WORDS.items()), widget=forms.RadioSelect)
    field = forms.ChoiceField(label=_("按哪个字段"), required=False)
    method = forms.ChoiceField(label=_("分级方法"), choices=list(METHOD_WORDS.items()), required=False)
    classes_wanted = forms.IntegerField(label=_("级数"), min_value=2, max_value=MOST_GRADES, required=False)
    breaks = forms.CharField(
        label=_("界限"), max_length=400, required=False, help_text=_("选“自己定界限”后有效，用逗号分开。")
    )
    palette = forms.ChoiceField(label=_("配色"), required=False)
    reverse = forms.BooleanField(label=_("颜色反过来"), required=False)
    colour = _colour(_("颜色"))
    shape = forms.ChoiceField(label=_("点的形状"), choices=list(SHAPE_WORDS.items()), required=False)
    size = _number(_("点的大小"), 1, 40, 0.5, required=False)
    width = _number(_("线宽"), 0.2, 30, 0.1, required=False)
    dash = forms.ChoiceField(label=_("线型"), choices=list(DASH_WORDS.items()), required=False)
    fill_opacity = _number(_("填充不透明度（0 到 1）"), 0, 1, 0.05, required=False)
    outline = _colour(_("边线颜色"), required=False)
    own_outline = forms.BooleanField(label=_("边线另用一种颜色"), required=False)
    outline_width = _number(_("边线宽"), 0, 10, 0.1, required=False)
    label_field = forms.ChoiceField(label=_("标注字段"), required=False)
    label_size = _number(_("字号"), 8, 32, required=False)
    label_halo = _number(_("描边宽"), 0, 5, 0.5, required=False)
    label_minzoom = _number(_("从哪一级开始标注"), 0, MAX_ZOOM, 0.5, required=False)
    minzoom = _number(_("最小级别"), 0, MAX_ZOOM, 0.5)
    maxzoom = _number(_("最大级别"), 0, MAX_ZOOM, 0.5)
    opacity = _number(_("整层不透明度（%）"), 0, 100)
    revision = forms.IntegerField(widget=forms.HiddenInput)
    basis = forms.CharField(widget=forms.HiddenInput, required=False)
    colouring = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, columns: Mapping[str, Column], plain: Style, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plain = plain
        named = [(column.column, column.label) for column in columns.values()]
        self._offer("field", [("", _("请选择")), *named])
        self._offer("label_field", [("", _("不标注")), *named])
        self._offer("palette", [(palette.name, palette.label) for palette in palettes().values()])

    def _offer(self, name: str, choices: list[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Boxes that a kind of geometry has no use for are not in its form: the style's own value stays."""
        given = super().clean() or {}
        plain = initial_of(self.plain)
        for name, value in plain.items():
            if given.get(name) in (None, "") and name not in ("field", "label_field", "outline", "breaks", "basis"):
                given[name] = value
        if not given.get("own_outline"):
            given["outline"] = ""
        if given.get("classes_wanted") is None:
            given["classes_wanted"] = 5
        return given

    def classes(self) -> dict[str, Any]:
        """The rows of classes as the person left them, for `replace(style, ...)`."""
        found = []
        for index in range(MOST_CLASSES):
            if f"class-{index}-colour" not in self.data:
                break
            found.append(self._row(f"class-{index}"))
        return {"classes": tuple(found), "other": self._row("other"), "no_data": self._row("no_data")}

    def _row(self, prefix: str) -> StyleClass:
        def given(name: str) -> str:
            return str(self.data.get(f"{prefix}-{name}", "")).strip()

        return StyleClass(
            colour=given("colour"), label=given("label")[:80], shape=given("shape"), dash=given("dash"),
            value=str(self.data.get(f"{prefix}-value", "")) if f"{prefix}-value" in self.data else None,
            min=_float(given("min")), max=_float(given("max")),
        )  # fmt: skip


def _float(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def initial_of(style: Style) -> dict[str, Any]:
    """What the form shows for a style."""
    symbol, labels = style.symbol, style.labels
    return {
        "kind": style.kind, "field": style.field, "method": style.method,
        "classes_wanted": min(max(len(style.classes), 2), MOST_GRADES) if style.classes else 5,
        "breaks": ", ".join(f"{bound:g}" for bound in style.inner) if style.kind == GRADUATED else "",
        "palette": style.palette, "reverse": style.reverse,
        "colour": symbol.colour, "shape": symbol.shape, "size": symbol.size, "width": symbol.width,
        "dash": symbol.dash, "fill_opacity": symbol.fill_opacity, "outline": symbol.outline or "#ffffff",
        "own_outline": bool(symbol.outline), "outline_width": symbol.outline_width,
        "label_field": labels.field if labels else "", "label_size": labels.size if labels else 12,
        "label_halo": labels.halo if labels else 1.5, "label_minzoom": labels.minzoom if labels else 12,
        "minzoom": style.minzoom, "maxzoom": style.maxzoom, "opacity": round(style.opacity * 100),
    }  # fmt: skip

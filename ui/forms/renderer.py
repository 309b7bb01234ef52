"""The renderer of every form (``settings.FORM_RENDERER``)."""

from django.forms.renderers import TemplatesSetting

from ui.forms.bound_field import PageField


class PageRenderer(TemplatesSetting):
    """Draw fields with ``ui/field.html`` and whole forms with ``ui/form.html``, widgets as Django draws them."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
    bound_field_class = PageField

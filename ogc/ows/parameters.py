"""Key-value parameters as WFS, WMS and WMTS have them, and what is said of wrong ones."""

from collections.abc import Mapping
from typing import Self

from django.utils.translation import gettext as _

from geokit.refusal import BadInput


class Wanted(dict[str, str]):
    """Key-value parameters, whose names may be written in any case."""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        return cls({name.lower(): value for name, value in query.items()})

    def first(self, *names: str) -> str:
        return next((self[name] for name in names if self.get(name)), "")


def missing(parameter: str) -> BadInput:
    return BadInput(_("缺少参数 %(name)s。") % {"name": parameter}, code=f"missing:{parameter}")


def invalid(parameter: str, message: str) -> BadInput:
    return BadInput(message, code=f"invalid:{parameter}")


def unsupported(operation: str) -> BadInput:
    return BadInput(_("操作“%(name)s”不支持。") % {"name": operation[:40]}, code="unsupported:request")

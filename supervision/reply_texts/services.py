"""Writes of reply texts: a department's officers keep their own. Each is one transaction and one audit entry."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Department, Role
from accounts.permissions import Asker, department_of, role_of
from geokit.refusal import BadInput, NotPermitted, StaleEdit, refuse
from ledger import audit
from supervision.reply_texts.filling import NAMES, unknown_names
from supervision.reply_texts.models import ReplyText
from ui.field_checks import check_fields

MOST = 40
"""Texts of one department."""


def texts_of(user: Asker) -> QuerySet[ReplyText]:
    """Return the texts of the department whose officer `user` is; nobody else has any."""
    if role_of(user) != Role.OFFICER:
        return ReplyText.objects.none()
    return ReplyText.objects.filter(department=department_of(user)).order_by("name")


@transaction.atomic
def save_text(actor: Asker, text_id: int | None, *, version: int = 0, name: str, text: str) -> ReplyText:
    """Keep a new text (`text_id` None) or change one. Raises NotPermitted, StaleEdit, BadInput."""
    own = _department(actor)
    kept = _locked(actor, text_id, version) if text_id else ReplyText(department=own)
    if not text_id and texts_of(actor).count() >= MOST:
        raise BadInput(_("一个单位最多 %d 条。") % MOST, code="too-many")
    kept.name, kept.text = name.strip(), text.strip()
    if unknown := unknown_names(kept.text):
        words = {"unknown": "、".join(unknown)[:120], "known": "、".join(NAMES)}
        raise refuse("text", "unknown-word", _("不认识的填充项：%(unknown)s。可以用：%(known)s。") % words)
    kept.version += bool(text_id)
    check_fields(kept, "bad-text")
    kept.save()
    audit.record(actor, "reply-text-saved", kept, name=kept.name)
    return kept


@transaction.atomic
def delete_text(actor: Asker, text_id: int, *, version: int) -> None:
    """Remove a text; replies that were written from it stay as they are. Raises NotPermitted, StaleEdit, BadInput."""
    kept = _locked(actor, text_id, version)
    audit.record(actor, "reply-text-deleted", kept, name=kept.name)
    kept.delete()


def _department(actor: Asker) -> Department:
    own = getattr(actor, "department", None)
    if role_of(actor) != Role.OFFICER or own is None:
        raise NotPermitted(_("常用答复由各单位的联络员管理。"))
    return own


def _locked(actor: Asker, text_id: int, version: int) -> ReplyText:
    kept = texts_of(actor).select_for_update(of=("self",)).filter(pk=text_id).first()
    if kept is None:
        raise BadInput(_("没有这条常用答复，可能已被删除。"), code="unknown-text")
    if kept.version != version:
        raise StaleEdit(_("您打开页面之后，同事改过这条常用答复。请看过现在的内容再保存。"))
    return kept

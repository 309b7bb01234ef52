"""Where an import stands and what leads on. Its worker writes where the table allows it; nobody waits for a lock.

No event is kept of these steps: what matters of an import is its version, which is.
"""

from enum import StrEnum

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ledger import steps
from ledger.steps import StepTable, Transition, from_each


class State(StrEnum):
    UPLOADED = "uploaded"
    INSPECTING = "inspecting"
    PREVIEWED = "previewed"
    QUEUED = "queued"
    LOADING = "loading"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


_EDITOR, _WORKER = frozenset({"editor"}), frozenset({"worker"})
_RUNNING = (State.UPLOADED, State.INSPECTING, State.QUEUED, State.LOADING)
_SHOWN = (State.PREVIEWED, State.FAILED)

TABLE = StepTable(
    name="imports",
    title=_("导入任务"),
    states=(
        steps.State(State.UPLOADED, _("等待检查"), ("running",), tone="info"),
        steps.State(State.INSPECTING, _("正在检查"), ("running", "at_work"), tone="info"),
        steps.State(State.PREVIEWED, _("等待确认"), ("open", "at_rest"), tone="warn"),
        steps.State(State.QUEUED, _("等待导入"), ("running",), tone="info"),
        steps.State(State.LOADING, _("正在导入"), ("running", "at_work"), tone="info"),
        steps.State(State.DONE, _("已完成"), ("done", "at_rest"), tone="ok"),
        steps.State(State.FAILED, _("未成功"), ("failed", "at_rest"), tone="bad"),
        steps.State(State.CANCELLED, _("已取消"), ("cancelled", "at_rest"), tone="muted"),
    ),
    transitions=(
        *from_each((State.UPLOADED, State.INSPECTING), "inspect", State.INSPECTING, _WORKER),
        Transition(State.INSPECTING, "preview", State.PREVIEWED, _WORKER),
        *from_each(_SHOWN, "confirm", State.QUEUED, _EDITOR),
        *from_each((State.QUEUED, State.LOADING), "load", State.LOADING, _WORKER),
        Transition(State.LOADING, "finish", State.DONE, _WORKER),
        *from_each(_RUNNING, "fail", State.FAILED, _WORKER),
        *from_each((*_SHOWN, State.CANCELLED), "inspect_again", State.UPLOADED, _EDITOR),
        Transition(State.INSPECTING, "requeue", State.UPLOADED, _WORKER),
        Transition(State.LOADING, "requeue", State.QUEUED, _WORKER),
        *from_each((*_RUNNING, *_SHOWN), "cancel", State.CANCELLED, _EDITOR),
        Transition(State.PREVIEWED, "expire", State.CANCELLED, _WORKER),
    ),
    verbs={
        "inspect": pgettext_lazy("step", "检查"),
        "preview": pgettext_lazy("step", "给出预览"),
        "confirm": pgettext_lazy("step", "确认导入"),
        "load": pgettext_lazy("step", "导入"),
        "finish": pgettext_lazy("step", "完成"),
        "fail": pgettext_lazy("step", "失败"),
        "inspect_again": pgettext_lazy("step", "重新检查"),
        "requeue": pgettext_lazy("step", "重新排队"),
        "cancel": pgettext_lazy("step", "取消"),
        "expire": pgettext_lazy("step", "过期"),
    },
    parties={"editor": pgettext_lazy("party", "图层编辑人员"), "worker": pgettext_lazy("party", "后台任务")},
    beginnings={"": State.UPLOADED},
)

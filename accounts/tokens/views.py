"""The page on which somebody makes and takes back her own tokens and her department's."""

from datetime import timedelta
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.directory.models import Department, Role
from accounts.permissions import require_role
from accounts.sessions.anew import nobody_excused
from accounts.tokens import services as tokens
from accounts.tokens.models import ApiToken
from geokit.refusal import Refusal
from ui.forms.refusable import RefusableForm, posted, render_form
from ui.forms.widgets import DayInput

USUAL_DAYS = 180


OWN, DEPARTMENT = "own", "department"


class TokenForm(RefusableForm):
    """Whose a new token is, what it is for, what it may do, and how long."""

    whose = forms.ChoiceField(
        label=gettext_lazy("属于"),
        choices=[(DEPARTMENT, gettext_lazy("部门的程序")), (OWN, gettext_lazy("我本人"))],
        widget=forms.RadioSelect,
        initial=DEPARTMENT,
        required=False,
        help_text=gettext_lazy("本人的令牌能读取您登录后能看到的内容，例如在 QGIS 里打开内部图层。"),
    )
    department = forms.ModelChoiceField(
        label=gettext_lazy("部门"),
        queryset=Department.objects.all(),
        required=False,
        help_text=gettext_lazy("部门的程序用的令牌须选部门。"),
    )
    name = forms.CharField(
        label=gettext_lazy("用途"), max_length=60, help_text=gettext_lazy("例如：水质自动站数据报送")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("权限"),
        choices=ApiToken.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        initial=["read"],
    )
    expires_on = forms.DateField(
        label=gettext_lazy("有效期至"),
        widget=DayInput,
        help_text=gettext_lazy("最长一年。到期前请换新的。"),
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_on"].initial = timezone.localdate() + timedelta(days=USUAL_DAYS)
        self.user = user
        if user.role != Role.ADMIN:
            del self.fields["department"]
        if not tokens.may_manage_tokens(user):
            self._for_a_person_alone()

    def _for_a_person_alone(self) -> None:
        del self.fields["whose"]
        scopes = self.fields["scopes"]
        scopes.choices = [(scope.value, scope.label) for scope in tokens.scopes_of_a_person(self.user)]  # type: ignore[attr-defined]
        scopes.initial = [ApiToken.Scope.MAPS]
        self.fields["name"].help_text = _("例如：办公室电脑上的 QGIS")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        is_own = "whose" not in self.fields or given.pop("whose", "") == OWN
        if is_own:
            given["department"] = None
        elif self.user.role != Role.ADMIN:
            given["department"] = self.user.department
        elif given.get("department") is None and "department" not in self.errors:
            self.add_error("department", _("请选部门，或者选“我本人”。"))
        return given


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_role()
@nobody_excused
@reauthentication_required(app="accounts.tokens", allow_get=True)
def token_list(request: HttpRequest) -> HttpResponse:
    """My tokens and my department's, and a form for another. A new one is shown in this one answer and never again."""
    form = TokenForm(request.user, posted(request))
    shown = ""
    if request.method == "POST" and form.is_valid():
        try:
            _token, shown = tokens.issue(request.user, **form.cleaned_data)
        except Refusal as refusal:
            form.show(refusal)
        else:
            form = TokenForm(request.user)
    context = {"form": form, "tokens": tokens.tokens_visible_to(request.user), "shown": shown}
    names = dict(ApiToken.Scope.choices)
    for token in context["tokens"]:
        token.scope_names = [names.get(scope, scope) for scope in token.scopes]
    context |= {"today": timezone.localdate(), "site": request.build_absolute_uri("/").rstrip("/")}
    return render_form(request, "accounts/tokens.html", context)


@require_POST
@require_role()
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a token back."""
    get_object_or_404(tokens.tokens_visible_to(request.user), pk=pk)
    tokens.revoke(request.user, pk)
    messages.success(request, _("令牌已停用，用它的程序从现在起连不上。"))
    return redirect("tokens:list")

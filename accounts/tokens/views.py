"""The page on which a department makes and takes back its tokens."""

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
from accounts.tokens import services as tokens
from accounts.tokens.models import ApiToken
from geokit.refusal import Refusal
from ui.forms.refusable import RefusableForm, posted, render_form
from ui.forms.widgets import DayInput

USUAL_DAYS = 180


class TokenForm(RefusableForm):
    """What a new token is for, what it may do, and how long."""

    department = forms.ModelChoiceField(label=gettext_lazy("部门"), queryset=Department.objects.all())
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

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        if self.user.role != Role.ADMIN:
            given["department"] = self.user.department
        return given


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@require_role(Role.OFFICER, Role.ADMIN)
@reauthentication_required(app="accounts.tokens", allow_get=True)
def token_list(request: HttpRequest) -> HttpResponse:
    """My department's tokens, and a form for another. A new one is shown in this one answer and never again."""
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
    context |= {"today": timezone.localdate(), "scope_names": dict(ApiToken.Scope.choices)}
    return render_form(request, "accounts/tokens.html", context)


@require_POST
@require_role(Role.OFFICER, Role.ADMIN)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a token back."""
    get_object_or_404(tokens.tokens_visible_to(request.user), pk=pk)
    tokens.revoke(request.user, pk)
    messages.success(request, _("令牌已停用，用它的程序从现在起连不上。"))
    return redirect("tokens:list")

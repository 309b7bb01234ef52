"""Taking a passkey away, where it may go: the library asks that of an authenticator app only."""

from typing import Any

from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from accounts.factors.adapter import why_it_stays


class RemovePasskey(RemoveWebAuthnView):
    """Allauth's page; what stays is said on the list."""

    def form_valid(self, form: Any) -> HttpResponse:
        if words := why_it_stays(self.get_object()):
            messages.error(self.request, words)
            return redirect("mfa_list_webauthn")
        answer: HttpResponse = super().form_valid(form)
        return answer


remove_passkey = RemovePasskey.as_view()

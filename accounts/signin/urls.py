"""Addresses under `/accounts/`: ours, and of allauth's those that this site uses and no others."""

from allauth.account import views as allauth_views
from django.urls import include, path

from accounts.factors.views import remove_passkey
from accounts.signin import log_views, setup_views, views
from accounts.signin.in_app import views as in_app
from accounts.signin.ways import views as ways

own = [
    path("", views.mine, name="mine"),
    path("sessions/<int:pk>/end/", views.end_session, name="end_session"),
    path("sessions/end-others/", views.end_others, name="end_others"),
    path("email/", views.email, name="email"),
    path("email/confirm/<secret:token>/<str:signature>/", views.confirm_email, name="confirm_email"),
    path("password/reset/", views.reset, name="reset"),
    path("ways/", ways.ways, name="ways"),
    path("ways/again/", ways.again, name="way_again"),
    path("ways/bind/", ways.bind, name="way_bind"),
    path("ways/setup/", setup_views.setup, name="ways_setup"),
    path("ways/<int:pk>/unbind/", ways.unbind, name="way_unbind"),
    path("ways/<slug:way>/", ways.start, name="way_start"),
    path("ways/<slug:way>/add/", ways.start_binding, name="way_add"),
    path("ways/<slug:way>/back/", ways.come_back, name="way_back"),
    path("ways/<slug:way>/probe/", setup_views.probe, name="way_probe"),
    path("in-app/signature/", in_app.signature, name="in_app_signature"),
    path("log/", log_views.log, name="log"),
    path("log/export.<str:extension>", log_views.download, name="log_download"),
]

urlpatterns = [
    path("", include((own, "signin"))),
    path("login/", views.sign_in, name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("signup/", allauth_views.signup, name="account_signup"),
    path("reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.change_password, name="account_change_password"),
    path("2fa/webauthn/keys/<int:pk>/remove/", remove_passkey, name="mfa_remove_webauthn"),  # before the library's own
    path("2fa/", include("allauth.mfa.urls")),
]

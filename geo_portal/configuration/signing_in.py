"""Who may sign in and with what: Django's accounts, allauth's forms, second factors."""

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.signin.backends.DemoPasswordGuard",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [{"NAME": "accounts.signin.passwords.GuessablePasswordValidator"}]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "work"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_FORMS = {
    "login": "accounts.signin.forms.SignInForm",
    "change_password": "accounts.signin.forms.ChangePasswordForm",
    "reauthenticate": "accounts.signin.forms.PasswordAgainForm",
}
ACCOUNT_ADAPTER = "accounts.signin.adapter.ClosedSignupAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
SOCIALACCOUNT_ADAPTER = "accounts.signin.ways.adapter.IdentityAdapter"
MFA_ADAPTER = "accounts.factors.adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_DIGITS = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_FORMS = {
    "authenticate": "accounts.factors.forms.AuthenticateForm",
    "reauthenticate": "accounts.factors.forms.ReauthenticateForm",
    "activate_totp": "accounts.factors.forms.ActivateTOTPForm",
    "add_webauthn": "accounts.factors.forms.AddWebAuthnForm",
    "edit_webauthn": "accounts.factors.forms.EditWebAuthnForm",
    "authenticate_webauthn": "accounts.factors.forms.AuthenticateWebAuthnForm",
    "login_webauthn": "accounts.factors.forms.LoginWebAuthnForm",
    "reauthenticate_webauthn": "accounts.factors.forms.ReauthenticateWebAuthnForm",
}

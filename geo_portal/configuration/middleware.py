"""What every request goes through, in order."""


def middleware(*, reads_only: bool) -> list[str]:
    """Return the middleware of a web process; one on a standby has another that refuses what would write."""
    return [
        "geo_portal.middleware.headers.HeadersMiddleware",
        "geo_portal.concurrency.ConcurrencyMiddleware",
        "django.middleware.security.SecurityMiddleware",
        "whitenoise.middleware.WhiteNoiseMiddleware",
        "geo_portal.middleware.packed_pages.PackedPagesMiddleware",
        "django.middleware.csp.ContentSecurityPolicyMiddleware",
        "accounts.signin.in_app.middleware.InAppMiddleware",
        "geo_portal.external_base_map.BaseMapOriginMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.locale.LocaleMiddleware",
        *(["geo_portal.middleware.replica.ReadsOnlyMiddleware"] if reads_only else []),
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "accounts.directory.acting.ActingMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
        "allauth.account.middleware.AccountMiddleware",
        "accounts.signin.middleware.SessionGuard",
        "accounts.signin.in_whose_name.InWhoseNameMiddleware",
        "ui.control_characters.ControlCharactersMiddleware",
        "accounts.looking.LookingMiddleware",
        "django_htmx.middleware.HtmxMiddleware",
        "geo_portal.middleware.led_back.LedBackMiddleware",
        "ui.refusals.RefusalMiddleware",
        "geo_portal.setup.gate.FirstStartMiddleware",
        # Last: before any view, or the check for forged forms, reads the body, and when it is known who asks.
        "geo_portal.middleware.request_size.RequestSizeMiddleware",
        "geo_portal.middleware.whole_body.WholeBodyMiddleware",
    ]

"""The rooms, and what each offers to registries that the settings name, in the order in which they are asked."""

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "django_htmx",
    "django_filters",
    "django_vite",
    "rest_framework",
    "rest_framework_gis",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "ui",
    "jobs",
    "ledger",
    "accounts",
    "backups",
    "search",
    "tiles",
    "ogc",
    "layers",
    "river_monitoring",
    "projects",
    "stations",
    "library",
    "supervision",
    "papers",
    "reporting",
    "inspections",
    "voters",
    "meetings",
    "questions",
    "exchange",
    "publishing",
    "geo_portal",
    "demo",
]

# Rooms that offer figures, in the order of the numbers page (`accounts.indicators` has the shape).
INDICATORS = [
    "supervision.indicators",
    "river_monitoring.indicators",
    "projects.indicators",
    "stations.indicators",
    "inspections.indicators",
]

# Rooms that hold part of a district, in the order in which a new one needs them (`accounts.loads`).
DATASETS = [
    "accounts.datasets",
    "river_monitoring.datasets",
    "stations.datasets",
    "projects.datasets",
    "supervision.datasets",
    "papers.datasets",
    "reporting.datasets",
    "publishing.datasets",
]

# Rooms whose things a person who leaves hands over (`accounts.succession`); what follows the seat comes after it.
SUCCESSIONS = [
    "accounts.congress.succession",
    "stations.succession",
    "supervision.succession",
    "papers.succession",
    "voters.succession",
]

# Rooms that have rules of the district, in the order of their page (`accounts.rules`).
RULES = [
    "river_monitoring.rules",
    "supervision.rules",
    "papers.rules",
    "projects.rules",
    "stations.rules",
    "inspections.rules",
    "voters.rules",
    "meetings.rules",
    "questions.rules",
    "reporting.rules",
    "layers.rules",
    "publishing.rules",
    "accounts.workdays.rules",
    "accounts.signin.rules",
    "accounts.notices.rules",
    "accounts.district.rules",
]

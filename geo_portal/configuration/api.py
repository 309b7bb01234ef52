"""How `/api/v1/` answers, and what its description says."""

from geo_portal import __version__

FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.SessionAuthentication",
        "accounts.tokens.reading.TokenAuthentication",
    ],
    "DEFAULT_PAGINATION_CLASS": "ui.pagination.GeoPages",
    "PAGE_SIZE": 100,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PARSER_CLASSES": [
        "ui.json_bodies.StrictJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_THROTTLE_CLASSES": [
        "ui.network.throttles.PublicThrottle",
        "ui.network.throttles.PersonThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "anon": "1200/min",
        "user": "2400/min",
        "maps": "240/min",
        "drawn_tiles": "900/min",
        "sheets": "10/min",
        "cards": "40/min",
    },
    "EXCEPTION_HANDLER": "ui.refusals.problem_response",
}
"""Of the REST framework."""

SPECTACULAR_SETTINGS = {
    "TITLE": "人大监督地理信息平台 API",
    "DESCRIPTION": "河道治理、民生实事项目与代表联络站的开放接口。坐标为 WGS 84 经纬度。",
    "VERSION": __version__,
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "ui.api.schema.describe_bodies",
        "ui.api.schema.describe_geometries",
        "ui.api.schema.describe_refusals",
    ],
    "ENUM_NAME_OVERRIDES": {
        "PointKindEnum": "river_monitoring.points.models.MonitoringPoint.Kind",
        "ReceptionKindEnum": "stations.models.Reception.Kind",
        "SatisfactionEnum": "supervision.models.SuggestionEvent.Satisfaction",
        "WaterKindEnum": "river_monitoring.network.models.WaterKind",
        "PaperKindEnum": "papers.register.models.Paper.Kind",
        "PaperStateEnum": "papers.register.table.PAPERS.choices",
        "SuggestionStateEnum": "supervision.matters.table.TABLE.choices",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

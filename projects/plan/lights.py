"""The rule of the lights that is in force: the newest that congress staff set, or the default."""

from projects.plan.models import LightSetting
from projects.plan.progress import DEFAULT_RULE, LightRule


def current_rule() -> LightRule:
    """Return the rule in force."""
    setting = LightSetting.objects.order_by("-pk").first()
    return DEFAULT_RULE if setting is None else rule_of(setting)


def rule_of(setting: LightSetting) -> LightRule:
    """Return a setting as the computation takes it."""
    return LightRule(
        setting.yellow_from_points,
        setting.red_above_points,
        setting.red_unstarted_months,
        setting.method,  # type: ignore[arg-type]  # a choice of the field
        setting.source,
    )

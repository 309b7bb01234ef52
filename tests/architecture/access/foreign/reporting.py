"""The quarterly report, boards, rules and warnings are the whole district's; a value is its department's too."""

from tests.architecture.access.foreign.row import REFUSED, Foreign

VALUE = {"area": "330203100", "period": "2026-05", "value": "31"}
INDICATOR = {
    "title": "指标", "unit": "", "direction": "none", "period_kind": "month", "level": "town",
    "total": "none", "way": "given",
    "decimals": "0", "minimum": "0",
}  # fmt: skip
RULE = {
    "title": "规则", "effective_from": "2026-01-01", "conditions-TOTAL_FORMS": "1", "conditions-INITIAL_FORMS": "0",
    "conditions-0-kind": "limit", "conditions-0-indicator": "open_figure", "conditions-0-beyond": "above",
    "conditions-0-value": "35",
}  # fmt: skip
BOARD = {"version": "1", "title": "看板", "readers": "staff", "blocks-TOTAL_FORMS": "0", "blocks-INITIAL_FORMS": "0"}

FOREIGN = [
    Foreign("numbers_view_remove", "pk=NUMBERS_VIEW", {}, rightful="officer"),
    Foreign("reports:list", "", {"quarter": "2026Q1"}, "403 403 403 404 403"),
    Foreign("reports:order", "kind=year", {"year": "2026"}),
    Foreign("reports:text", "kind=year slot=preface", {"text": "前言", "number": "0"}),
    Foreign("reports:sign", "pk=REPORT_TEXT", {}),
    Foreign("boards:install", "", {"template": "safety"}),
    Foreign("boards:edit", "slug=a-board", BOARD),
    Foreign("boards:copy", "slug=a-board", {"slug": "another", "title": "另一块"}),
    Foreign("boards:indicator", "code=open_figure", VALUE, REFUSED),
    Foreign("boards:indicator_new", "", INDICATOR | {"code": "another"}),
    Foreign("boards:indicator_edit", "code=open_figure", INDICATOR | {"version": "1"}),
    Foreign("boards:rule_new", "", RULE | {"code": "another"}),
    Foreign("boards:rule_edit", "code=a-rule", RULE | {"version": "1"}),
    Foreign("boards:rule_switch", "code=a-rule", {"on": "0", "version": "1"}),
    Foreign("boards:warning_step", "pk=WARNING step=dismiss", {"version": "1", "text": "口径"}),
]
NO_OBJECT: dict[str, str] = {
    "observation-list": "items name their indicators; test_observations",
    "numbers_views": "one's own",
}

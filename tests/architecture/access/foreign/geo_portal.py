"""What the project's own addresses write is the whole district's: a town's staff set nothing up."""

from tests.architecture.access.foreign.row import Foreign

FOREIGN = [
    Foreign(
        "work_act",
        "",
        {"do": "accept", "chosen": ["matters-to-accept:RECEIVED:"]},
        "200 200 400 400 400",
        taken=200,
        by_row=True,
    ),
    Foreign("work_view_remove", "pk=VIEW", {}, rightful="officer"),
    Foreign("setup:record", "", {}, taken=400),
    Foreign("setup:dataset", "slug=points", {}, taken=400),
    Foreign("setup:load", "slug=points", {}, taken=400),
    Foreign("setup:undo", "pk=LOAD", {}),
]
NO_OBJECT = {
    "work_views": "one's own",
    "retry_job": "administrators alone have it",
    "leaving:start": "administrators alone have it",
    "setup:index": "the first account, by a one-time code, while nobody has one",
    "anchors": "another instance deposits its own, by a token",
}

"""Activities as entries of a calendar."""

from accounts.calendars.entries import Entry
from stations.activities.models import Activity
from stations.activities.table import TABLE


def entry_of(activity: Activity) -> Entry:
    return Entry(
        uid=f"activity-{activity.pk}",
        sequence=activity.version,
        starts_at=activity.starts_at,
        ends_at=activity.ends_at,
        summary=activity.title,
        location=activity.place,
        url=activity.get_absolute_url(),
        description=activity.agenda,
        place=(activity.geom.y, activity.geom.x) if activity.geom else None,
        is_cancelled=activity.status not in TABLE.in_group("takes_place"),
    )

"""What of this room is in the chain of evidence, and what its events must lead to."""

from ledger.chain.declared import Chained, Explains
from ledger.chain.replays import Replay
from stations.activities.models import Activity, ActivityEvent
from stations.activities.table import TABLE as ACTIVITIES
from stations.receptions.models import Reception, ReceptionEvent
from stations.receptions.table import TABLE as RECEPTIONS

EVENT, ACTIVITY = "stations_receptionevent", "stations_activityevent"
OF_A_RECEPTION = (Explains(EVENT, "reception_id", "reception_id"),)

CHAINED = (
    Chained(
        "stations_reception", omitted=("version", "held"), sealed=("summary",),
        explained_by=(Explains(EVENT, "reception_id"),),
    ),
    Chained(EVENT, history=True),
    Chained("stations_receptionseries", history=True),
    Chained("stations_receptionleave", sealed=("reason",), explained_by=OF_A_RECEPTION),
    Chained("stations_matter", omitted=("version",), sealed=("text", "answer"), explained_by=OF_A_RECEPTION),
    Chained("stations_activity", omitted=("version",), explained_by=(Explains(ACTIVITY, "activity_id"),)),
    Chained("stations_signup", sealed=("reason",), explained_by=(Explains(ACTIVITY, "activity_id", "activity_id"),)),
    Chained(ACTIVITY, history=True),
    Chained(
        "stations_dutyrecord", omitted=("version",), sealed=("title",), once_clear=("title",),
        explained_by=(Explains("stations_dutyevent", "record_id"),),
    ),
    Chained("stations_dutyevent", history=True, sealed=("title", "reason"), once_clear=("title", "reason")),
    Chained("stations_pointsrule", history=True),
    Chained("stations_pointsitem", history=True),
)  # fmt: skip

receptions_follow_their_events = Replay(RECEPTIONS, Reception, ReceptionEvent, "reception", state="status")
activities_follow_their_events = Replay(ACTIVITIES, Activity, ActivityEvent, "activity", state="status")

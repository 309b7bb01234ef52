"""What of this room is in the chain of evidence, and what its events must lead to."""

from ledger.chain.declared import Chained
from ledger.chain.replays import Replay
from stations.activities.models import Activity, ActivityEvent
from stations.activities.table import TABLE as ACTIVITIES
from stations.receptions.models import Reception, ReceptionEvent
from stations.receptions.table import TABLE as RECEPTIONS

CHAINED = (
    Chained("stations_reception", omitted=("version", "held"), sealed=("summary",)),
    Chained("stations_receptionevent", history=True),
    Chained("stations_receptionseries", history=True),
    Chained("stations_receptionleave", sealed=("reason",)),
    Chained("stations_matter", omitted=("version",), sealed=("text", "answer")),
    Chained("stations_activity", omitted=("version",)),
    Chained("stations_signup", sealed=("reason",)),
    Chained("stations_activityevent", history=True),
    Chained("stations_dutyrecord", omitted=("version",)),
    Chained("stations_dutyevent", history=True),
    Chained("stations_pointsrule", history=True),
    Chained("stations_pointsitem", history=True),
)

receptions_follow_their_events = Replay(RECEPTIONS, Reception, ReceptionEvent, "reception", state="status")
activities_follow_their_events = Replay(ACTIVITIES, Activity, ActivityEvent, "activity", state="status")

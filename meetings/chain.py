"""What of this room is in the chain of evidence: columns and agendas as staff wrote them, presence and comments."""

from ledger.chain.declared import Chained

CHAINED = (
    Chained("meetings_meeting", omitted=("version",)),
    Chained("meetings_agendaitem", omitted=("version",), deletable=True),
    Chained("meetings_meetingdocument", deletable=True),
    Chained("meetings_presenceevent", history=True, sealed=("text",)),
    Chained("meetings_articlecomment", history=True, sealed=("text",)),
)

"""What of this room is in the chain of evidence: files of reports, definitions, corrections, rules and warnings.

A value enters the chain when it is corrected: what it was, who had said it and when. What an indicator counts, what a
rule said and every step of a warning with the values that it rests on are there from the first.
"""

from ledger.chain.declared import Chained, Explains, Stored
from ledger.chain.replays import Replay
from reporting.warnings.models import EarlyWarning, EarlyWarningEvent
from reporting.warnings.table import TABLE

EVENT = "supervision_report_earlywarningevent"

CHAINED = (
    Chained(
        "supervision_report_quarterlyreport",
        omitted=("step", "progress", "touched_at"),
        files=(Stored("pdf"), Stored("docx"), Stored("xlsx")),
        silent="a worker writes what it has made",
    ),
    Chained("supervision_report_reporttext", own_triggers=("supervision_report_reporttext_kept",)),
    Chained("supervision_report_indicator", omitted=("version",), silent="the first value of an archive marks it"),
    Chained("supervision_report_earliervalue", history=True),
    Chained("supervision_report_warningruleversion", history=True),
    Chained("supervision_report_earlywarning", omitted=("version",), explained_by=(Explains(EVENT, "warning_id"),)),
    Chained(EVENT, history=True),
    Chained("supervision_report_boardversion", history=True),
)

warnings_follow_their_events = Replay(TABLE, EarlyWarning, EarlyWarningEvent, "warning")

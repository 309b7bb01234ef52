"""What of this room is in the chain of evidence: the files of the reports that were made."""

from ledger.chain.declared import Chained, Stored

CHAINED = (
    Chained(
        "supervision_report_quarterlyreport",
        omitted=("step", "progress", "touched_at"),
        files=(Stored("pdf"), Stored("docx"), Stored("xlsx")),
    ),
)

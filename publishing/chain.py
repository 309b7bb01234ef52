"""What of this room is in the chain of evidence: what was published when, by whom, and in which words."""

from ledger.chain.declared import Chained, Stored

CHAINED = (
    Chained("publishing_sitepage", omitted=("version",)),
    Chained("publishing_pagerevision", history=True),
    Chained("publishing_pageevent", history=True, sealed=("text",)),
    Chained("publishing_importedarticle"),
    Chained("publishing_oldaddress", deletable=True),
    Chained("publishing_issuepage", history=True, files=(Stored("picture", "sha256"),)),
    Chained("publishing_pagevideo", omitted=("original",), files=(Stored("file", "sha256"), Stored("poster"))),
    Chained("publishing_pagefile", history=True, files=(Stored("file", "sha256"),)),
)

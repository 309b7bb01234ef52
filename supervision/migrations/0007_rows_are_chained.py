"""Every version of the rows that judgments rest on enters the chain of evidence; personal text as salted hashes."""

from django.db import migrations

from ledger.chain import chained


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0007_suggestionevent_basis"),
        ("ledger", "0002_versions_salts_and_erasures"),
    ]

    operations = [
        chained("supervision_finding", sealed=("text", "address")),
        chained("supervision_publishedphoto"),
        chained("supervision_suggestion", omitted=("version",), sealed=("title", "text", "public_text")),
        chained("supervision_suggestionevent", sealed=("text",)),
        chained("supervision_cohandling", sealed=("opinion",)),
        chained("supervision_clockrule", omitted=("version",)),
    ]

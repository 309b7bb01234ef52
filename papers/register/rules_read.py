"""The rules of the district that papers go by, as Python has them."""

from accounts import rules
from accounts.models import Congress
from papers.register.models import Paper


def lines(key: str) -> list[str]:
    """Return the entries of a text rule, which stand one a line or are divided by semicolons."""
    text = str(rules.value(key)).replace("；", "\n").replace(";", "\n")
    return [line.strip() for line in text.splitlines() if line.strip()]


def decline_reasons() -> list[str]:
    """Return the reasons for which staff may send a paper back."""
    return lines("papers.decline_reasons")


def signers_needed(paper: Paper) -> int:
    """Return how many deputies a paper needs, the lead included."""
    if paper.kind != Paper.Kind.MOTION:
        return 1
    at_town = paper.congress.level == Congress.Level.TOWN
    return int(rules.value("papers.motion_signers_town" if at_town else "papers.motion_signers"))

"""Every hour: what no deputy answered in time goes to the station; what is over as a matter comes back."""

from typing import Any

from jobs.schedules import keep_schedules


def hourly() -> dict[str, int]:
    """Hand over what is late or came back; the counts are kept with the task."""
    from voters.line.coming_back import bring_back_answered, bring_back_declined
    from voters.line.services import hand_over_late

    late, declined, answered = len(hand_over_late()), bring_back_declined(), bring_back_answered()
    return {"handed_over": late, "came_back": declined, "answered": answered}


def schedule(using: str, **kwargs: Any) -> None:
    """Have `hourly` run every hour. Safe to run after every migration."""
    keep_schedules(using, minutes={"voters.jobs.hourly": 60})

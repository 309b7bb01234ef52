"""Working days (工作日) in mainland China, with the weekends that are worked for a bridge day."""

from accounts.workdays.services import add_workdays, calendar, is_workday, workdays_between

__all__ = ["add_workdays", "calendar", "is_workday", "workdays_between"]

"""Every model of reporting, for Django and for the rooms above."""

from reporting.quarterly.models import QuarterlyReport

__all__ = ["QuarterlyReport"]

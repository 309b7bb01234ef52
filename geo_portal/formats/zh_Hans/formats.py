"""2026年3月5日 14:30. What is not said here is Django's own."""

MONTH_DAY_FORMAT = "n月j日"

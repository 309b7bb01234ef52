"""What departments and congress staff write: stages, plans, places, reports, the rule of the lights."""

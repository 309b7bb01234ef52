"""Who was there: signing in by a printed code, entries and corrections of the staff. Every row is an event."""

"""A questionnaire: whom it asks what about which thing, its steps, and the versions of its form."""

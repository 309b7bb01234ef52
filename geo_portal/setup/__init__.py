"""Setting a district up: files into the rooms' datasets, by the pages of `/setup/` and by `manage.py new_district`."""

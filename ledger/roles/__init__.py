"""The roles of the database: one owns the tables and migrates them, one writes for the site, one reads tiles.

What the site's role may do is derived from what the rooms declare of their tables (`grants`), put in place after every
migration, and looked at again while the site runs (`faults`).
"""

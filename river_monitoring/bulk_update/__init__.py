"""Many points or measures at once: a table, or a spreadsheet out and back in, saved row by row in one transaction."""

"""Files of many rows: up to `AT_ONCE_ROWS` they are answered at once, above that a worker writes them row by row.

    return table_or_wait(request, "supervision.pages.export.table", chosen.qs, f"matters-{day}.{extension}")

The worker calls the function at that path with the account and the query of the address, so that it finds what the page
would find. A file is of one account as it was then (role, town, department), is sent to nobody else, and is old after
`FRESH_S`: asked for again, it is made anew.
"""

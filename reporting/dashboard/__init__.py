"""Numbers that are filtered as one: map, charts, table and files answer the same question, and it is the address."""

"""The small language of conditions ("show when", "must be"): read, said in words, evaluated."""

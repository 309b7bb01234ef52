"""A voter's own line to her deputy: what she writes, who answers, the codes on doors and walls that lead here."""

"""The index of everything that can be found: Chinese bigrams, ranking, suggestions. Knows no domain."""

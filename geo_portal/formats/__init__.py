"""How dates and times are written in each language: 2026年3月5日, 5 Mar 2026."""

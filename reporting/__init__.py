"""The quarterly supervision report of the district: gathered once, written as PDF, DOCX and XLSX.

`facts` reads the rooms, `chapters` turn what was read into blocks, and each writer (`pdf`, `docx`, `xlsx`) writes the
same blocks. `jobs` makes a report in the background, `models` keeps what was made.
"""

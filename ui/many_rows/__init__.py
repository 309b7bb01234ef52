"""Many things at once: a table of inputs, or a spreadsheet out and back in, saved row by row in one transaction.

A room says its tables as `sheet.Sheet`; pages, workbook and saving are the same for all.
"""

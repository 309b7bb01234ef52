"""Boards: ordered blocks over indicators, filtered by area and period as one, made from templates, edited by staff."""

"""Generalised copies per zoom of large tables, kept right by triggers.

    build("layer_data.l3_v1")      make it, in steps; again: go on, or leave it alone
    drop("layer_data.l3_v1")       take it away

Points become cells with exact counts. Lines and areas are simplified and cut into tiles; the tiny ones are left out
and counted. See docs/decisions/0012-generalised-copies.md.
"""

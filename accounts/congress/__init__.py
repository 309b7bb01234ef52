"""Congresses of five levels, their terms, who sits in them from when to when, and the groups of deputies."""

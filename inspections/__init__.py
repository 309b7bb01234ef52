"""Patrols (巡查) of deputies and chiefs: the track, what was found on the way, what of the waters was seen."""

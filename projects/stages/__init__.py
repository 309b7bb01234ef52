"""From stage to stage: how a project begins as a candidate, and every change of its stage."""

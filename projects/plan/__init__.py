"""A project and its plan: goals, milestones, places, progress reports, and the light that follows from them."""

"""Questions to the people (征求意见): questionnaires about drafts, projects, waters or places, and answers."""

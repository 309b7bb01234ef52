"""Quality control of samples: questioned, confirmed, rejected; and values far outside a point's own history."""

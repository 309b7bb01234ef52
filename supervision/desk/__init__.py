"""The page of one matter: what it is, how long there is left, what happened, and what one may do now."""

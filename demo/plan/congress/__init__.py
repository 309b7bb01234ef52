"""What the congress of the invented district does: receptions, proposals put to the vote, papers and sessions."""

"""What an organ does with a paper that was assigned to it, until the lead deputy has rated the answer."""

"""The public side of the chain: anyone reports, follows her matter by a private link, and reads what is published."""

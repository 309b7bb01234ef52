"""What a printed code leads to: a deputy, a station, a village, or a door or wall of one."""

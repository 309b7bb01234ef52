"""What is counted: the figures that the rooms offer (`room_figures`), and indicators as data."""

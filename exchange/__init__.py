"""Between levels (上下级互联): signed packages of what an instance shows to others, and what others show to it."""

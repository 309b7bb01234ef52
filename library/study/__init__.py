"""Study material (学习资料), and who says that she has gone through it."""

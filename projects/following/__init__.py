"""What happened to projects, and who is told of it: news, feeds, followers by e-mail."""

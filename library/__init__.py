"""The library: laws, decisions, reports and studies, their versions and articles, and the places they speak of."""

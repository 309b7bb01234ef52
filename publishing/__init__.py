"""The congress's own site (人大网站): news, notices, rules, decisions, appointments, and the pages about itself."""

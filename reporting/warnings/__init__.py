"""Rules over indicators, tried on the past; warnings that people confirm or dismiss."""

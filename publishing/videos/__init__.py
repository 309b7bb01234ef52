"""Videos of pages: encoded anew by a worker, played in parts, with subtitles that are reviewed like the text."""

"""Projects as files to take away, and answers that are not sent again to who has them already."""

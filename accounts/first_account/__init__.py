"""The first account of an empty site: an administrator, made with a code that whoever starts the site reads."""

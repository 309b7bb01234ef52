"""Views that a person keeps under a name: a page's filters, as an address that others can open too."""

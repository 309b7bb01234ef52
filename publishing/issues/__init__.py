"""Issues of the congress's journal (会刊、公报): the pages of a PDF as pictures with their text."""

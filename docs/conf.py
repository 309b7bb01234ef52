"""The documentation site: these pages as HTML. `make docs` builds it into VAR_DIR/docs and fails on a dead link."""

import sys
from pathlib import Path
from typing import Any

from pygments.lexers.special import TextLexer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from geo_portal import __version__

project = "GIS supervision platform"
copyright = "the contributors"
version = release = __version__
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
language = "en"
html_theme = "furo"
html_title = f"{project} {release}"
html_show_sourcelink = False
myst_heading_anchors = 3
myst_enable_extensions = ["deflist"]


def setup(app: Any) -> None:
    """Diagrams are drawn by the forge; here their text is shown, for drawing them takes a script from elsewhere."""
    app.add_lexer("mermaid", TextLexer)

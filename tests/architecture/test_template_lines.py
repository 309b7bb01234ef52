"""Lines of templates can be read without scrolling sideways."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 160
ROOMS = sorted({path.parent.relative_to(ROOT).parts[0] for path in ROOT.glob("*/templates")})


@pytest.mark.parametrize("room", ROOMS)
def test_no_line_of_a_template_is_too_long(room):
    longer = [
        f"{path.relative_to(ROOT)}:{number}: {len(line)}"
        for path in sorted((ROOT / room).glob("**/templates/**/*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > LONGEST
    ]
    assert longer == []

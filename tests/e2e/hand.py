"""A hand at the page: does a task as a person does, and counts what the mouse and the keyboard do for it."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect


@dataclass
class Hand:
    """Clicks are counted strictly: into a field to type there is one, taking an entry of a list is two."""

    page: Page
    steps: list[str] = field(default_factory=list)
    clicks: int = 0
    typed: int = 0
    began: float = 0.0
    seconds: float = 0.0

    def begin(self, address: str = "/work/") -> None:
        """Open the page where the task begins; the time runs from here."""
        self.page.goto(address)
        self.began = time.monotonic()

    def end(self, shown: Locator, words: Any = None) -> None:
        """Wait until the page shows that it is done; the time stops."""
        expect(shown).to_be_visible() if words is None else expect(shown).to_contain_text(words)
        self.seconds += time.monotonic() - self.began

    def click(self, what: Locator, name: str) -> None:
        what.click()
        self._count(1, name)

    def choose(self, what: Locator, name: str, **option: Any) -> None:
        what.select_option(**option)
        self._count(2, name)

    def type(self, what: Locator, text: str, *, focused: bool = False) -> None:
        """Type into a field, with the click into it unless the focus is there already."""
        what.fill(text)
        self.typed += len(text)
        self._count(0 if focused else 1, "" if focused else "into the field")

    def paste(self, what: Locator, text: str) -> None:
        """Click into a cell and paste a block of a spreadsheet there."""
        what.click()
        what.evaluate(
            """(cell, text) => {
                const clipboardData = new DataTransfer();
                clipboardData.setData("text/plain", text);
                cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
            }""",
            text,
        )
        self._count(1, "into the first cell, paste")

    def upload(self, what: Locator, file: Path) -> None:
        what.set_input_files(file)
        self._count(1, "the file")

    def download(self, what: Locator, name: str, to: Path) -> Path:
        with self.page.expect_download() as arriving:
            what.click()
        self._count(1, name)
        arriving.value.save_as(to)
        return to

    def _count(self, clicks: int, name: str) -> None:
        self.clicks += clicks
        if name:
            self.steps.append(name + (f" ({clicks})" if clicks > 1 else ""))

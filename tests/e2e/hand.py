"""A hand at the page: does a task as a person does, and counts what it clicks and types."""

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect


@dataclass
class Hand:
    """Each click on a link, a button, a box or a cell is one; taking an entry of a list is two: open it, take it.

    Typing is counted by its characters. A field to type in is reached by the tabulator from the one before.
    """

    page: Page
    steps: list[str] = field(default_factory=list)
    clicks: int = 0
    typed: int = 0
    seconds: float = 0.0
    _began: float = 0.0

    def begin(self, address: str = "/work/") -> None:
        """Open the page where the task begins; the time runs from when it is there."""
        self.page.goto(address)
        self._began = time.monotonic()

    def end(self, shown: Locator, words: Any = None) -> None:
        """Wait until the page shows what came of it; the time stops."""
        expect(shown).to_be_visible() if words is None else expect(shown).to_contain_text(words)
        self.seconds += time.monotonic() - self._began

    def click(self, what: Locator, name: str) -> None:
        what.click()
        self._count(1, name)

    def choose(self, what: Locator, name: str, **option: Any) -> None:
        what.select_option(**option)
        self._count(2, name)

    def type(self, what: Locator, text: str) -> None:
        what.fill(text)
        self.typed += len(text)

    def paste(self, what: Locator, text: str, name: str) -> None:
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
        self.typed += len(text)
        self._count(1, name)

    def upload(self, what: Locator, file: Path, name: str) -> None:
        what.set_input_files(file)
        self._count(1, name)

    def download(self, what: Locator, name: str, to: Path) -> Path:
        with self.page.expect_download() as arriving:
            what.click()
        self._count(1, name)
        arriving.value.save_as(to)
        return to

    def _count(self, clicks: int, name: str) -> None:
        self.clicks += clicks
        self.steps.append(name if clicks == 1 else f"{name} ({clicks})")

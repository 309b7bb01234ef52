// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { addressOf, dressBoardTime } from "../src/panel/board-time";

vi.mock("../src/panel/htmx", () => ({ default: { process: vi.fn() } }));

const PAGE = `<select id="id_period"><option value="2026-05" selected>2026年5月</option>
<option value="2026-04">2026年4月</option></select>
<nav data-board-time><button data-board-play hidden></button><input type="range" min="0" max="1" value="1" hidden
data-board-range><output>2026年5月</output></nav><div id="board-body">5</div>`;

beforeEach(() => {
  vi.useFakeTimers();
  document.body.innerHTML = PAGE;
  history.replaceState(null, "", "/boards/a/?area=330203100&period=2026-05");
});

test("another period keeps the area and replaces the period", () => {
  expect(addressOf("http://x/boards/a/?area=330203100&period=2026-05", "2026-Q1")).toBe(
    "http://x/boards/a/?area=330203100&period=2026-Q1",
  );
});

test("the slider says the period at once, then puts the blocks and the address of where it rests", async () => {
  const asked = vi.fn(async () => new Response('<div id="board-body">4</div>'));
  vi.stubGlobal("fetch", asked);
  dressBoardTime();
  const range = document.querySelector<HTMLInputElement>("[data-board-range]");
  if (!range) throw new Error("no slider");
  expect(range.hidden).toBe(false);
  range.value = "0";
  range.dispatchEvent(new Event("input"));
  expect(document.querySelector("output")?.textContent).toBe("2026年4月");
  expect(range.getAttribute("aria-valuetext")).toBe("2026年4月");
  expect(asked).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(document.querySelector("#board-body")?.textContent).toBe("4");
  expect(location.search).toBe("?area=330203100&period=2026-04");
});

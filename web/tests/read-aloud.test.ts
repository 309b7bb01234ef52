// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { sentences, wordsOf } from "../src/panel/read-aloud";

describe("reading a page aloud", () => {
  it("cuts by sentence, and what has no end by length", () => {
    expect(sentences("水质劣Ⅴ类。 谁负责？\n住建局")).toEqual([
      "水质劣Ⅴ类。",
      "谁负责？",
      "住建局",
    ]);
    expect(sentences("长".repeat(400), 180).map((piece) => piece.length)).toEqual([180, 180, 40]);
  });

  it("says each word once and nothing of forms, menus and the foot", () => {
    document.body.innerHTML = `<main id="panel"><h1>卖鱼桥</h1><ul><li><p>氨氮超标</p></li></ul>
      <nav><p>菜单</p></nav><form><label>写一句</label></form><footer class="site-foot"><p>接口</p></footer></main>`;
    const panel = document.querySelector("#panel") as Element;
    expect(wordsOf(panel).split("\n")).toEqual(["卖鱼桥", "氨氮超标"]);
  });
});

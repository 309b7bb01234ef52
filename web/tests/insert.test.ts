import { expect, test } from "vitest";
import { joined } from "../src/forms/insert";

test("a ready text fills an empty field and stands below what was typed", () => {
  expect(joined(" \n", "已清除")).toBe("已清除");
  expect(joined("您好：\n", "已清除")).toBe("您好：\n已清除");
});

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { boxBetween } from "../src/report/cover";
import {
  afterAnswer,
  freshSecret,
  type Parcel,
  pack,
  pauseAfter,
  unpack,
  withDigests,
} from "../src/report/parcel";

const NOW = 1_000_000;
const ONE = createHash("sha256").update("one").digest("hex");
const TWO = createHash("sha256").update("two").digest("hex");

function form(): FormData {
  const data = new FormData();
  data.set("client_id", "0b4cbb1e-0000-4000-8000-000000000001");
  data.set("secret", "s".repeat(43));
  data.set("csrfmiddlewaretoken", "old");
  data.set("text", "河面有油污");
  data.set("lat", "29.85");
  data.append("photos", new File(["one"], "一.jpg", { type: "image/jpeg" }));
  data.append("photos", new File(["two"], "二.jpg", { type: "image/jpeg" }));
  data.append("photos", new File([], ""));
  return data;
}

const parcel = (): Parcel => pack(form(), "7", NOW);

describe("a report in the outbox", () => {
  it("keeps its number, secret, words and every photo, but no old token and no empty file", () => {
    const packed = parcel();
    expect(packed.id).toBe("0b4cbb1e-0000-4000-8000-000000000001");
    expect(packed.fields).toEqual({ text: "河面有油污", lat: "29.85" });
    expect(packed.photos.map(({ name }) => name)).toEqual(["一.jpg", "二.jpg"]);
  });

  it("is posted as the form would be, under the account it was written under", async () => {
    const data = unpack(parcel());
    expect(data.get("client_id")).toBe(parcel().id);
    expect(data.get("filed_as")).toBe("7");
    expect(data.getAll("photos")).toHaveLength(2);
    expect(await (data.getAll("photos")[1] as File).text()).toBe("two");
  });

  it("gets a number and a secret of its own when the form had none", () => {
    const packed = pack(new FormData(), "", NOW);
    expect(packed.id).toMatch(/^[0-9a-f-]{36}$/);
    expect(packed.secret).toMatch(/^[\w-]{43}$/);
    expect(freshSecret()).not.toBe(freshSecret());
  });

  it("waits, photos and all, when nothing was heard, and longer each time", () => {
    const once = afterAnswer(parcel(), undefined, NOW);
    const twice = afterAnswer(once, { status: 502 }, NOW);
    expect([once.state, once.photos.length, once.notBefore]).toEqual(["waiting", 2, NOW + 15_000]);
    expect(twice.notBefore).toBe(NOW + 30_000);
    expect(pauseAfter(40)).toBe(30 * 60_000);
  });

  it.each([500, 502, 503, 504])("waits, photos and all, when the server is away: %i", (status) => {
    const next = afterAnswer(parcel(), { status, code: "database-away" }, NOW);
    expect([next.state, next.photos.length, next.notBefore]).toEqual(["waiting", 2, NOW + 15_000]);
  });

  it("waits no shorter than a server says that is away", () => {
    const next = afterAnswer(parcel(), { status: 503, retryAfter: 60 }, NOW);
    expect([next.state, next.notBefore]).toEqual(["waiting", NOW + 60_000]);
  });

  it("waits as long as the server says when there were too many", () => {
    const next = afterAnswer(parcel(), { status: 429, retryAfter: 600 }, NOW);
    expect([next.state, next.notBefore]).toEqual(["waiting", NOW + 600_000]);
  });

  it("waits for its own account when another one is signed in", () => {
    const next = afterAnswer(parcel(), { status: 409, detail: "另一个账号" }, NOW);
    expect([next.state, next.reason]).toEqual(["waiting", "另一个账号"]);
  });

  it("asks in whose name it goes when nobody is signed in any more", () => {
    const answer = { status: 409, code: "signed-out", detail: "登录已失效" };
    const next = afterAnswer(parcel(), answer, NOW);
    expect(next).toMatchObject({ state: "waiting", as: "7", asksName: true });
    expect(next.photos).toHaveLength(2);
    expect(afterAnswer(parcel(), { status: 409, code: "other-account" }, NOW).asksName).toBe(false);
  });

  it("keeps its photos when it is refused, so that it can be corrected", () => {
    const next = afterAnswer(parcel(), { status: 422, errors: ["请写明。", "请写明。"] }, NOW);
    expect([next.state, next.reason, next.photos.length]).toEqual(["refused", "请写明。", 2]);
  });

  it("lets its photos go only when the server has given it a number", () => {
    const odd = afterAnswer(parcel(), { status: 200 }, NOW);
    expect([odd.state, odd.photos.length]).toEqual(["refused", 2]);
    const bare = { ...parcel(), photos: [] };
    const sent = afterAnswer(bare, { status: 201, number: "2026-00001", url: "/my/x/" }, NOW);
    expect([sent.state, sent.photos.length, sent.number]).toEqual(["sent", 0, "2026-00001"]);
  });

  it.each([
    [{ status: 422, detail: "不在本区" }, "refused"],
    [{ status: 429, retryAfter: 60 }, "waiting"],
    [{ status: 201, number: "2026-00001", url: "/my/x/" }, "sent"],
  ])("is shown once it was answered, also when a page had sent it: %j", (answer, state) => {
    const copy = { ...parcel(), photos: [], ahead: true };
    expect(afterAnswer(copy, answer, NOW)).toMatchObject({ state, ahead: false });
  });

  it("claims the digest of each photo, known from when it was put here", async () => {
    const claimed = unpack(await withDigests(parcel())).get("photo_sha256");
    expect(claimed).toBe(`${ONE} ${TWO}`);
    expect(unpack(parcel()).get("photo_sha256")).toBe("");
  });

  it("forgets a photo only when the answer names it, and sends the rest again", async () => {
    const whole = await withDigests(parcel());
    const answer = { status: 201, number: "2026-00001", url: "/my/x/", photos: { arrived: [TWO] } };
    const partly = afterAnswer(whole, answer, NOW);
    expect([partly.state, partly.number, partly.notBefore]).toEqual([
      "waiting",
      "2026-00001",
      NOW + 15_000,
    ]);
    expect(partly.photos.map(({ name }) => name)).toEqual(["一.jpg"]);
    expect(unpack(partly).get("photo_sha256")).toBe(ONE);
    const both = { ...answer, photos: { arrived: [ONE, TWO] } };
    expect(afterAnswer(partly, both, NOW)).toMatchObject({ state: "sent", photos: [] });
  });

  it("keeps every photo when the answer names none, whatever number it gives", async () => {
    const answer = { status: 201, number: "2026-00001", url: "/my/x/" };
    const next = afterAnswer(await withDigests(parcel()), answer, NOW);
    expect([next.state, next.photos.length]).toEqual(["waiting", 2]);
  });
});

describe("a box over a photo", () => {
  const size = { width: 100, height: 80 };

  it("is the same whichever way it was dragged, and never outside", () => {
    const expected = { left: 10, top: 20, width: 30, height: 40 };
    expect(boxBetween({ x: 10, y: 20 }, { x: 40, y: 60 }, size)).toEqual(expected);
    expect(boxBetween({ x: 40, y: 60 }, { x: 10, y: 20 }, size)).toEqual(expected);
    const cut = boxBetween({ x: -5, y: -5 }, { x: 500, y: 10 }, size);
    expect(cut).toEqual({ left: 0, top: 0, width: 100, height: 10 });
  });
});

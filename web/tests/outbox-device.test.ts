import "fake-indexeddb/auto";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Parcel, pack } from "../src/report/parcel";
import { nextIn, sendWaiting } from "../src/report/send";
import * as store from "../src/report/store";
import { oneTab } from "./fake-locks";

function report(words: string, made = 1): Parcel {
  const data = new FormData();
  data.set("text", words);
  data.set("lat", "29.85");
  data.append("photos", new File(["jpeg"], "一.jpg", { type: "image/jpeg" }));
  return { ...pack(data, "7", made), made };
}

const JPEG = createHash("sha256").update("jpeg").digest("hex");
const taken = (arrived = [JPEG]) =>
  Response.json({ number: "2026-00017", url: "/r/abc/", photos: { arrived } }, { status: 201 });

beforeEach(async () => {
  vi.stubGlobal("navigator", { locks: oneTab(), onLine: true });
  vi.stubGlobal("document", { cookie: "csrftoken=token" });
  for (const { id } of await store.all()) await store.remove(id);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("reports on the device", () => {
  it("are kept with their photos and listed oldest first", async () => {
    await store.put(report("second", 20));
    await store.put(report("first", 10));
    const kept = await store.all();
    expect(kept.map(({ fields }) => fields.text)).toEqual(["first", "second"]);
    expect(kept[0]?.photos[0]?.name).toBe("一.jpg");
  });

  it("are sent one by one; what was taken keeps its number and gives its photos back", async () => {
    const fetched = vi.fn(async (_address: string, _options: RequestInit) => taken());
    vi.stubGlobal("fetch", fetched);
    await store.put(report("油污"));
    await sendWaiting();
    const [kept] = await store.all();
    expect(kept).toMatchObject({ state: "sent", number: "2026-00017", photos: [] });
    const [, options] = fetched.mock.calls[0] as [string, RequestInit];
    expect((options.headers as Record<string, string>)["X-CSRFToken"]).toBe("token");
    expect((options.body as FormData).get("filed_as")).toBe("7");
  });

  it("are sent again with the photos that the answer does not name, until it does", async () => {
    const answers = [taken([]), taken()];
    const fetched = vi.fn(async (_address: string, _options: RequestInit) => answers.shift());
    vi.stubGlobal("fetch", fetched);
    await store.put(report("油污"));
    await sendWaiting();
    const [kept] = await store.all();
    expect(kept).toMatchObject({ state: "waiting", number: "2026-00017" });
    expect(kept?.photos).toHaveLength(1);
    await store.put({ ...(kept as Parcel), notBefore: 0 });
    await sendWaiting();
    expect((await store.all())[0]).toMatchObject({ state: "sent", photos: [] });
    const bodies = fetched.mock.calls.map(([, options]) => options.body as FormData);
    expect(bodies.map((body) => body.get("photo_sha256"))).toEqual([JPEG, JPEG]);
    expect(bodies[0]?.get("client_id")).toBe(bodies[1]?.get("client_id"));
  });

  it("wait, whole, while there is no answer", async () => {
    vi.stubGlobal("fetch", async () => Promise.reject(new TypeError("no network")));
    await store.put(report("油污"));
    await sendWaiting();
    const [kept] = await store.all();
    expect(kept).toMatchObject({ state: "waiting", tries: 1 });
    expect(kept?.photos).toHaveLength(1);
    expect(await nextIn()).toBeGreaterThan(1000);
  });

  it("wait again when an answer does not come", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const silent = (_address: string, { signal }: RequestInit) =>
      new Promise<Response>((_, reject) => {
        signal?.addEventListener("abort", () => reject(signal.reason));
        vi.advanceTimersByTime(60 * 60_000);
      });
    vi.stubGlobal("fetch", silent);
    await store.put(report("油污"));
    await sendWaiting();
    expect((await store.all())[0]).toMatchObject({ state: "waiting", tries: 1 });
  });

  it("are not sent before their time, nor by a second tab at once", async () => {
    const fetched = vi.fn(async () => taken());
    vi.stubGlobal("fetch", fetched);
    await store.put({ ...report("later"), notBefore: Date.now() + 60_000 });
    await sendWaiting();
    expect(fetched).not.toHaveBeenCalled();
    await store.put(report("now"));
    await Promise.all([sendWaiting(), sendWaiting()]);
    expect(fetched).toHaveBeenCalledOnce();
  });

  it("that are refused stay with the server's words, photos too", async () => {
    const body = { detail: "输入有误", errors: [{ message: "请写明位置" }] };
    vi.stubGlobal("fetch", async () => Response.json(body, { status: 400 }));
    await store.put(report("油污"));
    await sendWaiting();
    const [kept] = await store.all();
    expect(kept).toMatchObject({ state: "refused", reason: "请写明位置" });
    expect(kept?.photos).toHaveLength(1);
  });

  it("are sent in order: what was found on a patrol waits until the patrol has begun", async () => {
    const asked: string[] = [];
    const away = { "/api/v1/patrols/": true };
    vi.stubGlobal("fetch", async (address: string) => {
      asked.push(address);
      if (away[address as keyof typeof away]) return new Response(null, { status: 503 });
      return Response.json({ url: "/patrols/7/", photos: { arrived: [JPEG] } }, { status: 201 });
    });
    const start = {
      ...report("", 1),
      id: "walk",
      walk: "walk",
      photos: [],
      action: "/api/v1/patrols/",
    };
    await store.put({
      ...report("油污", 2),
      id: "found",
      walk: "walk",
      action: "/patrols/x/find/",
    });
    await store.put(start);
    await sendWaiting();
    expect(asked).toEqual(["/api/v1/patrols/"]);
    away["/api/v1/patrols/"] = false;
    await store.put({ ...start, notBefore: 0 });
    await sendWaiting();
    expect(asked).toEqual(["/api/v1/patrols/", "/api/v1/patrols/", "/patrols/x/find/"]);
    expect((await store.all()).map(({ state }) => state)).toEqual(["sent", "sent"]);
  });

  it("that are taken whole or not at all go again with every photo", async () => {
    const refused = { code: "photos-missing", detail: "2 张照片中 1 张已送达" };
    vi.stubGlobal("fetch", async () => Response.json(refused, { status: 400 }));
    await store.put(report("油污"));
    await sendWaiting();
    const [kept] = await store.all();
    expect(kept).toMatchObject({ state: "waiting", reason: "2 张照片中 1 张已送达" });
    expect(kept?.photos).toHaveLength(1);
  });

  it("go photo by photo; where the line breaks the rest is sent, and nothing twice", async () => {
    const bytes = ["one", "two", "three"];
    const digests = bytes.map((text) => createHash("sha256").update(text).digest("hex"));
    const arrived: string[] = [];
    let breaks = true;
    vi.stubGlobal("fetch", async (_address: string, { body }: { body: FormData }) => {
      const photos = body.getAll("photos") as File[];
      if (breaks && arrived.length === 1) throw new TypeError("line broke");
      arrived.push(...(await Promise.all(photos.map((photo) => photo.text()))));
      const here = digests.slice(0, arrived.length);
      return Response.json({ number: "2026-00018", url: "/x/", photos: { arrived: here } });
    });
    const photos = bytes.map((text) => ({ name: `${text}.jpg`, blob: new Blob([text]) }));
    await store.put({ ...report("油污"), id: "three", photos });
    await sendWaiting();
    const [kept] = await store.all();
    expect(kept).toMatchObject({ state: "waiting", number: "2026-00018" });
    expect(kept?.photos.map(({ name }) => name)).toEqual(["two.jpg", "three.jpg"]);
    breaks = false;
    await store.put({ ...(kept as Parcel), notBefore: 0 });
    await sendWaiting();
    expect(arrived).toEqual(bytes);
    expect((await store.all())[0]).toMatchObject({ state: "sent", photos: [] });
  });

  it("that are thrown away while they are on their way stay away when nothing was heard", async () => {
    await store.put({ ...report("油污"), id: "dropped" });
    vi.stubGlobal("fetch", async () => {
      await store.remove("dropped");
      throw new TypeError("line broke");
    });
    await sendWaiting();
    expect(await store.all()).toEqual([]);
  });

  it("whose second photo is refused send the third, and keep the refused one with the reason", async () => {
    const digest = (text: string) => createHash("sha256").update(text).digest("hex");
    const arrived: string[] = [];
    vi.stubGlobal("fetch", async (_address: string, { body }: { body: FormData }) => {
      const text = await (body.getAll("photos") as File[])[0]?.text();
      if (text === "two") return Response.json({ detail: "照片已损坏" }, { status: 400 });
      arrived.push(digest(text ?? ""));
      return Response.json({ number: "2026-00019", url: "/x/", photos: { arrived } });
    });
    const photos = ["one", "two", "three"].map((text) => ({
      name: `${text}.jpg`,
      blob: new Blob([text]),
    }));
    await store.put({ ...report("油污"), id: "three", photos });
    await sendWaiting();
    const [kept] = await store.all();
    expect(kept).toMatchObject({ state: "refused", reason: "照片已损坏", url: "/x/" });
    expect(kept?.photos.map(({ name }) => name)).toEqual(["two.jpg"]);
    expect(kept?.fields.text).toBe("油污");
    expect(arrived).toHaveLength(2);
  });

  it("that wait for something else are not looked at every second", async () => {
    const start = { ...report("", 1), id: "walk", walk: "walk", state: "refused" as const };
    await store.put(start);
    await store.put({ ...report("油污", 2), id: "found", walk: "walk" });
    expect(await nextIn()).toBeGreaterThan(10_000);
  });
});

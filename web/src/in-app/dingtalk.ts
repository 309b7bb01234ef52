/** DingTalk (`dd`). Its menu takes no card; its own sheet for sharing does. */
import { type Card, type Fix, fixOf, type Program, type Signed } from "./program";

interface Ways<Answer> {
  onSuccess(answer: Answer): void;
  onFail(): void;
}

export interface Dd {
  config(given: Record<string, unknown>): void;
  ready(done: () => void): void;
  error(failed: () => void): void;
  device: {
    geolocation: {
      get(given: Record<string, unknown> & Ways<{ longitude: unknown; latitude: unknown }>): void;
    };
  };
  biz: {
    util: {
      scan(given: { type: string } & Ways<{ text: string }>): void;
      share(given: Record<string, unknown>): void;
    };
  };
}

export function dingtalk(dd: Dd): Program {
  return {
    configure: ({ app, agent, stamp, nonce, signature }: Signed) =>
      new Promise((resolve, reject) => {
        dd.error(() => reject(new Error("not taken")));
        dd.config({
          agentId: agent,
          corpId: app,
          timeStamp: stamp,
          nonceStr: nonce,
          signature,
          type: 0,
          jsApiList: ["biz.util.scan", "biz.util.share", "device.geolocation.get"],
        });
        dd.ready(resolve);
      }),
    offerCard({ title, text, link, picture }: Card) {
      dd.biz.util.share({ type: 0, url: link, title, content: text, image: picture });
    },
    locate: () =>
      new Promise<Fix>((resolve, reject) => {
        const onFail = (): void => reject(new Error("no place"));
        dd.device.geolocation.get({
          targetAccuracy: 200,
          coordinate: 0, // the standard one; 1 would be Amap's
          withReGeocode: false,
          useCache: false,
          onSuccess({ longitude, latitude }) {
            try {
              resolve(fixOf(longitude, latitude, "wgs84"));
            } catch {
              onFail();
            }
          },
          onFail,
        });
      }),
    scan: () =>
      new Promise<string>((resolve, reject) => {
        const onFail = (): void => reject(new Error("nothing"));
        dd.biz.util.scan({ type: "qrCode", onSuccess: ({ text }) => resolve(text), onFail });
      }),
  };
}

/** WeChat and WeCom: one script's interface (`wx`), in which few calls differ. */
import { type Card, type Fix, fixOf, type Program, type Signed } from "./program";

interface Ways<Answer> {
  success(answer: Answer): void;
  fail(): void;
  cancel?(): void;
}

export interface Wx {
  config(given: Record<string, unknown>): void;
  ready(done: () => void): void;
  error(failed: () => void): void;
  getLocation(given: { type: string } & Ways<{ longitude: unknown; latitude: unknown }>): void;
  scanQRCode(
    given: { needResult: 1; scanType: string[]; desc: string } & Ways<{ resultStr: string }>,
  ): void;
  [share: string]: (given: never) => void;
}

/** What each is asked to allow; the rest of its interface stays shut. */
const SHARED = {
  weixin: ["updateAppMessageShareData", "updateTimelineShareData"],
  wecom: ["onMenuShareAppMessage", "onMenuShareTimeline", "onMenuShareWechat"],
} as const;

export function weixin(kind: keyof typeof SHARED, wx: Wx): Program {
  const shared = SHARED[kind];
  return {
    configure: ({ app, stamp, nonce, signature }: Signed) =>
      new Promise((resolve, reject) => {
        wx.error(() => reject(new Error("not taken")));
        wx.ready(resolve);
        wx.config({
          ...(kind === "wecom" ? { beta: true } : {}),
          debug: false,
          appId: app,
          timestamp: stamp,
          nonceStr: nonce,
          signature,
          jsApiList: [...shared, "getLocation", "scanQRCode"],
        });
      }),
    setCard({ title, text, link, picture }: Card) {
      for (const name of shared) {
        const share = wx[name] as ((given: Record<string, unknown>) => void) | undefined;
        share?.call(wx, { title, desc: text, link, imgUrl: picture });
      }
    },
    locate: () =>
      new Promise<Fix>((resolve, reject) => {
        const fail = (): void => reject(new Error("no place"));
        const success = ({ longitude, latitude }: { longitude: unknown; latitude: unknown }) => {
          try {
            resolve(fixOf(longitude, latitude, "wgs84"));
          } catch {
            fail();
          }
        };
        wx.getLocation({ type: "wgs84", success, fail, cancel: fail });
      }),
    scan: () =>
      new Promise<string>((resolve, reject) => {
        const fail = (): void => reject(new Error("nothing"));
        wx.scanQRCode({
          needResult: 1,
          scanType: ["qrCode"],
          desc: "scanQRCode:ok",
          success: ({ resultStr }) => resolve(resultStr),
          fail,
          cancel: fail,
        });
      }),
  };
}

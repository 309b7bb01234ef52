/** Feishu (`h5sdk` and `tt`). Its menu shares the page as it is. */
import { type Fix, fixOf, type Program, type Signed } from "./program";

interface Ways<Answer> {
  success(answer: Answer): void;
  fail(): void;
}

export interface H5Sdk {
  config(given: Record<string, unknown>): void;
}

export interface Tt {
  getLocation(
    given: { type: string } & Ways<{ longitude: unknown; latitude: unknown; type?: string }>,
  ): void;
  scanCode(given: { scanType: string[]; barCodeInput: boolean } & Ways<{ result: string }>): void;
}

/** `tt` is asked for when it is used: it may come after the signature was taken. */
export function feishu(h5sdk: H5Sdk, tt: () => Tt): Program {
  return {
    configure: ({ app, stamp, nonce, signature }: Signed) =>
      new Promise((resolve, reject) => {
        h5sdk.config({
          appId: app,
          timestamp: stamp,
          nonceStr: nonce,
          signature,
          jsApiList: ["scanCode", "getLocation"],
          onSuccess: () => resolve(),
          onFail: () => reject(new Error("not taken")),
        });
      }),
    locate: () =>
      new Promise<Fix>((resolve, reject) => {
        const fail = (): void => reject(new Error("no place"));
        tt().getLocation({
          type: "wgs84",
          success({ longitude, latitude, type }) {
            try {
              const isShifted = type?.toLowerCase() === "gcj02"; // older versions give what they have
              resolve(fixOf(longitude, latitude, isShifted ? "gcj02" : "wgs84"));
            } catch {
              fail();
            }
          },
          fail,
        });
      }),
    scan: () =>
      new Promise<string>((resolve, reject) => {
        tt().scanCode({
          scanType: ["qrCode"],
          barCodeInput: false,
          success: ({ result }) => resolve(result),
          fail: () => reject(new Error("nothing")),
        });
      }),
  };
}

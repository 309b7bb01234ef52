/** Which links stay in the panel. */

/** Addresses that are no pages of the panel: downloads, programs, sign-in. */
const OUTSIDE =
  /^\/(api|tiles|styles|rasters|ogc|admin|accounts|media|static|i18n|metrics|healthz|readyz)(\/|$)|\.\w{2,8}$/;

/** Whether an address is a document of its own rather than a page for the panel. */
export function isOutside(address: string, base: string = location.href): boolean {
  const url = new URL(address, base);
  return url.origin !== new URL(base).origin || OUTSIDE.test(url.pathname);
}

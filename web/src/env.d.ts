declare module "virtual:tokens.css";

declare module "virtual:map-worker" {
  const url: string;
  export default url;
}

interface Window {
  /** The map, for browser tests only: set when the page says so. */
  __map?: import("maplibre-gl").Map;
}

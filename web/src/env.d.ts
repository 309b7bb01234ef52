declare module "virtual:tokens.css";

interface Window {
  /** The map, for browser tests only: set when the page says so. */
  __map?: import("maplibre-gl").Map;
}

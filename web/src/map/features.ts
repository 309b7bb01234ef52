/** The platform's own things on the map, bottom first. */

import { waterClass } from "../tokens";
import { say, things } from "../words";
import { CLUSTERS } from "./clusters";
import { codePage, isCasework, isOverview, type MapFeature, sourcesOf, text } from "./feature";
import { pointFilter } from "./point-filter";

const stations: MapFeature = {
  source: "stations",
  api: "/api/v1/stations/",
  page: codePage("/stations/"),
  hint: ({ area }) => text(area),
  listPath: /^\/stations\/$/,
  shownOn: (path) => isOverview(path) || path.startsWith("/stations/"),
  tileFilters: { kind: "text" },
  serverFilters: ["q", "area", "deputy"],
};

const projects: MapFeature = {
  source: "projects",
  api: "/api/v1/projects/",
  page: codePage("/projects/"),
  hint: ({ area, progress }) =>
    [text(area), progress === undefined ? "" : `${text(progress)}%`].filter(Boolean).join(" · "),
  listPath: /^\/projects\/$/,
  shownOn: (path) => isOverview(path) || path.startsWith("/projects/"),
  tileFilters: { year: "number", category: "text", light: "text", status: "text" },
  serverFilters: ["q", "area", "lead"],
};

/** The single places of projects, on a project's own page. */
const projectPlaces: MapFeature = {
  source: "project_places",
  partOf: "projects",
  page: codePage("/projects/"),
  hint: ({ number }) => text(number),
  shownOn: (path) => /^\/projects\/[^/]+\/$/.test(path),
};

const monitoringPoints: MapFeature = {
  source: "monitoring_points",
  api: "/api/v1/monitoring-points/",
  page: codePage("/river/points/"),
  hint: (properties) => {
    const { label, meaning } = waterClass(properties.class);
    return [`${label}（${meaning}）`, text(properties.area)].filter(Boolean).join(" · ");
  },
  listPath: /^\/river\/(points\/)?$/,
  shownOn: (path) => isOverview(path) || isCasework(path) || path.startsWith("/river/"),
  filteredOn: /^\/(map|river\/points)\/$/,
  companions: [CLUSTERS],
  tileWish: pointFilter,
  hasPast: true,
};

const outfalls: MapFeature = {
  source: "outfalls",
  api: "/api/v1/outfalls/",
  page: codePage("/river/outfalls/"),
  hint: ({ area }) => text(area),
  listPath: /^\/river\/outfalls\/$/,
  shownOn: (path) => path.startsWith("/river/outfalls/"),
};

const managementRanges: MapFeature = {
  source: "management_ranges",
  hint: ({ metres }) => say("map.range", { metres: text(metres) }),
  // The page of a water speaks of them.
  shownOn: (path) => /^\/river\/waters\/[^/]+\/$/.test(path),
};

const findings: MapFeature = {
  source: "findings",
  api: "/api/v1/findings/",
  page: ({ id }) => (text(id) ? `/findings/${text(id)}/` : undefined),
  hint: ({ area }) => text(area),
  listPath: /^\/(findings|matters)\/$/,
  shownOn: (path) => isOverview(path) || isCasework(path),
  tileFilters: { category: "text", state: "text" },
  serverFilters: ["area"],
};

export const FEATURES: readonly MapFeature[] = [
  managementRanges,
  stations,
  projectPlaces,
  projects,
  outfalls,
  monitoringPoints,
  findings,
];

/** Tilesets that draw the base map rather than things one can open. */
export const BASE_TILESETS: ReadonlySet<string> = new Set(["areas", "places", "reaches"]);

/** The kind that is drawn from `source`, as itself or as a companion. */
export function kindOf(
  kinds: readonly MapFeature[],
  source: string | undefined,
): MapFeature | undefined {
  return kinds.find((kind) => source !== undefined && sourcesOf(kind).includes(source));
}

/** Whether the filters of the address narrow `kind` on this page. */
export function isFilteredOn(kind: MapFeature, path: string): boolean {
  return (kind.filteredOn ?? kind.listPath)?.test(path) ?? false;
}

/** What a list page lists, or undefined on other pages. */
export function listedOn(path: string): MapFeature | undefined {
  return FEATURES.find((feature) => feature.listPath?.test(path));
}

export function countLine(source: string, shown: number, total: number): string {
  return say("map.counts", { shown, total: Math.max(shown, total), what: things(source) });
}

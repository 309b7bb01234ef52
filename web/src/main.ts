/** The page's start: navigation, panel and forms at once; the map and the charts when they are needed. */
import "virtual:tokens.css";
import "./styles/index.css";
import "./panel/htmx";
import { dressCharts } from "./charts";
import { one } from "./dom";
import { dressClaims } from "./forms/claims";
import { dressDays } from "./forms/day-control";
import { dressDrafts } from "./forms/drafts";
import { dressFiles } from "./forms/file-control";
import { dressKinds } from "./forms/kinds";
import { dressLocations } from "./forms/location";
import { dressNear } from "./forms/near";
import { dressPasskeys } from "./forms/passkey";
import { dressPhotos, dressProgress } from "./forms/photos";
import { dressTyped } from "./forms/typed";
import { dressImport } from "./import";
import { island, offerMap, startMap } from "./map/bridge";
import { dressOffline, startOffline } from "./offline";
import { dressBoardTime } from "./panel/board-time";
import { dressChoosers } from "./panel/chooser";
import { dressCopyButtons } from "./panel/copy";
import { startKeyboard } from "./panel/keyboard";
import { onPage, startNavigation } from "./panel/navigation";
import { dressPrintButtons } from "./panel/print";
import { dressReading, startReading } from "./panel/read-aloud";
import { aimReportLink } from "./panel/report-link";
import { startRows } from "./panel/rows";
import { startSearch } from "./panel/search";
import { startSheet } from "./panel/sheet";
import { startTerms } from "./panel/terms";
import { dressType, startTheme } from "./panel/theme";
import { dressPatrol } from "./patrol";
import { resumePatrol, startBar } from "./patrol/running";
import { dressModeration, dressNearMe } from "./report/desk";
import { dressOutbox, startOutbox } from "./report/outbox";

function dressPanel(): void {
  dressPhotos();
  dressDays();
  dressFiles();
  dressClaims();
  dressProgress();
  dressDrafts();
  dressKinds();
  dressLocations();
  dressNear();
  dressPasskeys();
  dressPatrol();
  dressTyped();
  dressBoardTime();
  dressChoosers();
  dressCopyButtons();
  dressPrintButtons();
  dressReading();
  dressType();
  dressImport();
  aimReportLink();
  dressOutbox();
  dressOffline();
  dressModeration();
  dressNearMe();
  void dressCharts();
  void dressRare();
}

/** The code of forms that few people open is fetched when such a form is there. */
async function dressRare(): Promise<void> {
  if (one("form[data-style-editor]")) (await import("./style-editor")).dressStyleEditor();
  if (one("form[data-grid]")) (await import("./forms/grid")).dressGrids();
  if (one("form[data-cover]")) (await import("./report/cover")).dressCover();
  if (one("[data-insert-into]")) (await import("./forms/insert")).dressInserts();
  if (one("form[method=post] fieldset input[type=checkbox]"))
    (await import("./forms/tick-all")).dressLongLists();
  if (one("[data-parts]")) (await import("./forms/parts")).dressParts();
  if (one("[data-draw-zone]")) (await import("./forms/zone")).dressZones();
}

/** A write says that, and may say which, tiles changed: `HX-Trigger: {"entity-changed": "monitoring_points"}`. */
function listenForChanges(): void {
  document.body.addEventListener("entity-changed", (event) => {
    const { value, tilesets } =
      (event as CustomEvent<{ value?: string; tilesets?: string }>).detail ?? {};
    island()?.refresh(tilesets ?? value ?? "");
  });
  // The header of a redirect never reaches us, so a write that led to another page counts as well.
  document.body.addEventListener("htmx:afterRequest", (event) => {
    const { successful, requestConfig } = (
      event as CustomEvent<{ successful: boolean; requestConfig: { verb: string } }>
    ).detail;
    if (successful && requestConfig.verb !== "get") island()?.refresh("");
  });
}

/** Inside another program: its own script, where the server allows it on this page. */
async function startProgram(name: string | undefined, opened: string): Promise<void> {
  if (name) await (await import("./in-app")).startInApp(name, opened);
}

startNavigation();
startSheet();
startKeyboard();
startSearch();
startRows();
startTerms();
startTheme();
startReading();
startOutbox();
startOffline();
listenForChanges();
resumePatrol();
startBar();
dressPanel();
onPage((how) => {
  dressPanel();
  // One that comes later shows the page of its own beginning.
  if (how === "restored") island()?.restore();
  else island()?.page();
  void startMap();
});
void offerMap();
void startProgram(document.documentElement.dataset.inApp, location.href);

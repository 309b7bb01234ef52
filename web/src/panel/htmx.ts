/** htmx as this site wants it: no inline styles, no evaluated code, error pages shown like any other page. */
import htmx from "htmx.org";

Object.assign(htmx.config, {
  includeIndicatorStyles: false,
  allowEval: false,
  // Pages come from the server when the reader goes back: what she may see can have changed.
  historyCacheSize: 0,
  scrollIntoViewOnBoost: false,
  responseHandling: [
    { code: "204", swap: false },
    { code: "...", swap: true },
  ],
});

export default htmx;

/** A block of cells as spreadsheets put it on the clipboard. */

/**
 * The cells: rows by line, columns by tab; the empty last line of a copy is dropped. A cell in quotation marks may hold
 * lines, tabs, and marks written twice. A mark that is never closed, or with text behind it, is text.
 */
export function parseBlock(text: string): string[][] {
  const rows: string[][] = [[]];
  let rest = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (;;) {
    const quoted = /^"((?:[^"]|"")*)"(?=[\t\n]|$)/.exec(rest);
    const plain = /^[^\t\n]*/.exec(rest)?.[0] ?? "";
    rows.at(-1)?.push(quoted ? (quoted[1] ?? "").replaceAll('""', '"') : plain);
    rest = rest.slice((quoted?.[0] ?? plain).length);
    if (rest === "") return rows;
    if (rest.startsWith("\n")) rows.push([]);
    rest = rest.slice(1);
  }
}

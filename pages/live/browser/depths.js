// The report's table, filled in while its networks train: a row for each depth, the report's accuracy beside the one measured here.

import { layers } from "./charts.js";
import { cell, element, row, section } from "./elements.js";
import { duration, loss as lossText, percent } from "./bytes.js";
import { fill } from "./result.js";

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight"];

/**
 * One row for each depth, in the table's order: { depth, of (networks), done (their entries), live (accuracies of those under way, as far
 * as they are known), atWork, accuracy, deviation, loss, seconds }. Means over the networks that are done; null without one, or where one diverged.
 *
 * @param {object} settings     of the table: depths, seeds
 * @param {object[]} entries    entry events
 * @param {object[]} underWay   { depth, val_accuracy } of the networks that are being trained
 */
export function rowsOf(settings, entries, underWay) {
  return settings.depths.map((depth) => {
    const done = entries.filter((entry) => entry.depth === depth);
    const here = underWay.filter((network) => network.depth === depth);
    const accuracies = done.map((entry) => entry.val_accuracy);
    return {
      depth, of: settings.seeds, done, atWork: here.length > 0, live: here.map((network) => network.val_accuracy).filter(Number.isFinite),
      accuracy: mean(accuracies), deviation: deviation(accuracies), loss: mean(done.map((entry) => entry.loss)), seconds: mean(done.map((entry) => entry.seconds)),
    };
  });
}

function mean(values) {
  return values.length && values.every(Number.isFinite) ? values.reduce((a, b) => a + b, 0) / values.length : null;
}

/** The standard deviation over seeds (n − 1 in the denominator), null with fewer than two. */
function deviation(values) {
  const middle = mean(values);
  return middle === null || values.length < 2 ? null : Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1));
}

const learned = (entry) => entry.outcome === "learns" || entry.outcome === "partly";

/** What the table shows, in the words of `texts`. It waits with a finding until every network is done. */
export function finding(rows, report, texts) {
  const entries = rows.flatMap((each) => each.done);
  const all = rows.reduce((sum, each) => sum + each.of, 0);
  const words = { done: entries.length, all, learn: entries.filter(learned).length };
  if (!entries.length) return texts.title;
  if (entries.length < all) return fill(texts.soFar, words);
  const ordered = [...rows].sort((a, b) => a.depth - b.depth);
  if (ordered.every(({ done }) => done.every(learned))) return fill(texts.recovered, { ...words, to: NUMBERS[ordered.at(-1).depth] });
  const first = ordered.findIndex(({ done }) => !done.some(learned));
  if (first === 0) return texts.never;
  const falls = first > 0 && ordered.every(({ done }, i) => (i < first ? done.every(learned) : !done.some(learned)));
  if (!falls) return fill(texts.mixed, words);
  // Of the depths that both have, the same ones stay at chance.
  const same = ordered.every(({ depth }, i) => report[depth] === undefined || report[depth] < CHANCE === i >= first);
  return fill(same && report[ordered[first].depth] !== undefined ? texts.asReport : texts.collapse, { ...words, from: NUMBERS[ordered[first].depth] });
}

const CHANCE = 0.12; // an accuracy below it, with ten classes, is that of guessing

export class Depths {
  constructor(find) {
    this.find = find;
  }

  show({ rows, report, texts, download }) {
    const { find } = this;
    const write = (testid, text) => {
      if (find(testid).textContent !== text) find(testid).textContent = text;
    };
    write("depths-title", finding(rows, report, texts));
    const link = find("depths-download");
    link.hidden = !download;
    if (download) link.href = download;
    const key = JSON.stringify([rows, report]);
    if (key === this.key) return;
    this.key = key;
    const several = rows.some((each) => each.of > 1);
    find("depths-table").replaceChildren(
      element("caption", several ? texts.captionSeeds : texts.caption),
      section("thead", [row(["Hidden layers", "The report", "Yours", "Validation loss", "Time"].map((name) => cell("th", name, { scope: "col" })))]),
      section("tbody", rows.map((each) => this.row(each, report))),
    );
  }

  row({ depth, of, done, atWork, live, accuracy, deviation: spread, loss, seconds }, report) {
    const made = row([
      cell("th", String(depth), { scope: "row" }),
      cell("td", percent(report[depth]), {}),
      this.yours({ of, done, atWork, live, accuracy, spread }),
      cell("td", loss === null ? "–" : loss.toFixed(3), {}),
      cell("td", duration(seconds ?? NaN), {}),
    ]);
    made.dataset.testid = `depth-${depth}`;
    made.setAttribute("aria-label", layers(depth));
    if (atWork) made.className = "at-work";
    return made;
  }

  yours({ of, done, atWork, live, accuracy, spread }) {
    const made = cell("td", "", { class: "yours" });
    const diverged = done.filter((entry) => entry.outcome === "diverges").length;
    if (diverged) made.append(of > 1 ? `${diverged} of ${of} blew up` : "blew up");
    else if (accuracy !== null) made.append(element("strong", percent(accuracy)), spread === null ? "" : ` ± ${(100 * spread).toFixed(1)}`);
    const muted = [];
    if (done.length && done.length < of) muted.push(`${done.length} of ${of}`);
    if (atWork) muted.push(`${live.length ? live.map(percent).join(", ") : "training"} …`);
    else if (!done.length) muted.push("–");
    if (muted.length) made.append(cell("span", muted.join(", "), { class: "muted" }));
    return made;
  }
}

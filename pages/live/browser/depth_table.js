// The report's table, filled in while its networks train: one row for each depth, with the report's accuracy and the one measured here.

import { cell, element, row, section, setText } from "./elements.js";
import { fill } from "./explanations.js";
import { duration, layers, percent } from "./number_text.js";

const CHANCE = 0.12; // with ten classes, an accuracy below this is that of guessing
const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"];

/**
 * One row for each depth, in the table's order: { depth, of (networks), done (their entries), inTraining, live (known accuracies of
 * those in training), accuracy, deviation, loss, seconds }. The last four are means over the networks that are done; null where there
 * is none or one has diverged.
 *
 * @param {object} settings     of the table: depths, seeds
 * @param {object[]} entries    entry events
 * @param {object[]} networks   { depth, val_accuracy } of those in training
 */
export function rowsOf(settings, entries, networks) {
  return cellsOf(settings, entries, networks, null);
}

/** The same for each cure that is compared: { cure, rows }. */
export function columnsOf(settings, entries, networks) {
  return (settings.cures ?? []).map((cure) => ({ cure, rows: cellsOf(settings, entries, networks, cure) }));
}

function cellsOf(settings, entries, networks, cure) {
  const fits = (each, depth) => each.depth === depth && (each.cure ?? null) === cure;
  return settings.depths.map((depth) => {
    const done = entries.filter((entry) => fits(entry, depth));
    const current = networks.filter((network) => fits(network, depth));
    const accuracies = done.map((entry) => entry.val_accuracy);
    return {
      depth, of: settings.seeds, done, inTraining: current.length > 0, live: current.map((network) => network.val_accuracy).filter(Number.isFinite),
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

const learnedWell = (entry) => entry.outcome === "learns";
const learned = (entry) => learnedWell(entry) || entry.outcome === "partly";

/** The title of the table, one of `texts`: a finding once every network is done. */
export function finding(rows, report, texts) {
  const entries = rows.flatMap((each) => each.done);
  const all = rows.reduce((sum, each) => sum + each.of, 0);
  const values = { done: entries.length, all, learn: entries.filter(learned).length };
  if (!entries.length) return texts.title;
  if (entries.length < all) return fill(texts.soFar, values);
  const ordered = [...rows].sort((a, b) => a.depth - b.depth);
  if (ordered.every(({ done }) => done.every(learned))) return fill(texts.recovered, { ...values, to: NUMBERS[ordered.at(-1).depth] });
  const first = ordered.findIndex(({ done }) => !done.some(learned));
  if (first === 0) return texts.never;
  const separated = ordered.every(({ done }, i) => (i < first ? done.every(learned) : !done.some(learned)));
  if (!separated) return fill(texts.mixed, values);
  // As in the report, if the depths of both tables stay at chance in the same rows.
  const asReport = ordered.every(({ depth }, i) => report[depth] === undefined || report[depth] < CHANCE === i >= first);
  return fill(asReport && report[ordered[first].depth] !== undefined ? texts.asReport : texts.collapse, { ...values, from: NUMBERS[ordered[first].depth] });
}

/** The title of a table of cures: those with which the networks of every depth learned well, once every network is done. */
export function curesFinding(columns, texts, titles) {
  const cells = columns.flatMap(({ rows }) => rows);
  const [done, all] = [cells.reduce((sum, { done }) => sum + done.length, 0), cells.reduce((sum, each) => sum + each.of, 0)];
  if (!done) return texts.curesTitle;
  if (done < all) return fill(texts.soFar, { done, all });
  const deepest = Math.max(...columns[0].rows.map(({ depth }) => depth));
  const whole = columns.filter(({ rows }) => rows.every(({ done }) => done.every(learnedWell))).map(({ cure }) => titles[cure]);
  return fill(whole.length ? texts.curesWhole : texts.curesNone, { to: NUMBERS[deepest], cures: whole.join("; ") });
}

const OUTCOMES = { learns: "learns", partly: "partly", stuck: "not at all", diverges: "diverges" };

export class DepthTable {
  constructor(find) {
    this.find = find;
  }

  show({ rows, columns, titles, report, texts, download }) {
    const { find } = this;
    setText(find("depths-title"), columns.length ? curesFinding(columns, texts, titles) : finding(rows, report, texts));
    const link = find("depths-download");
    link.hidden = !download;
    if (download) link.href = download;
    const key = JSON.stringify([rows, columns, report]);
    if (key === this.key) return;
    this.key = key;
    if (columns.length) {
      this.showCures(columns, texts, titles);
      return;
    }
    const several = rows.some((each) => each.of > 1);
    find("depths-table").replaceChildren(
      element("caption", several ? texts.captionSeeds : texts.caption),
      section("thead", [row(["Hidden layers", "The report", "Yours", "Validation loss", "Time"].map((name) => cell("th", name, { scope: "col" })))]),
      section("tbody", rows.map((each) => this.row(each, report))),
    );
  }

  /** A row for each cure, a column for each depth: these are few and short, and fit a phone. */
  showCures(cures, texts, titles) {
    const depths = cures[0].rows.map(({ depth }) => String(depth));
    this.find("depths-table").replaceChildren(
      element("caption", texts.curesCaption),
      section("thead", [row(["Hidden layers", ...depths].map((name) => cell("th", name, { scope: "col" })))]),
      section("tbody", cures.map(({ cure, rows }) => row([cell("th", titles[cure], { scope: "row" }), ...rows.map((each) => this.outcome(each))]))),
    );
  }

  /** What became of the networks of one cure and depth, in words, and their accuracy. */
  outcome(of) {
    const created = this.measured({ ...of, spread: of.deviation });
    const outcomes = new Set(of.done.map(({ outcome }) => outcome));
    if (of.done.length) created.append(cell("span", outcomes.size > 1 ? "depends on the seed" : OUTCOMES[[...outcomes][0]], { class: "muted" }));
    created.classList.toggle("learned", of.done.length > 0 && of.done.every(learned));
    return created;
  }

  row({ depth, of, done, inTraining, live, accuracy, deviation: spread, loss, seconds }, report) {
    const created = row([
      cell("th", String(depth), { scope: "row" }),
      cell("td", percent(report[depth]), {}),
      this.measured({ of, done, inTraining, live, accuracy, spread }),
      cell("td", loss === null ? "–" : loss.toFixed(3), {}),
      cell("td", duration(seconds ?? NaN), {}),
    ]);
    created.dataset.testid = `depth-${depth}`;
    created.setAttribute("aria-label", layers(depth));
    if (inTraining) created.className = "in-training";
    return created;
  }

  measured({ of, done, inTraining, live, accuracy, spread }) {
    const created = cell("td", "", { class: "yours" });
    const diverged = done.filter((entry) => entry.outcome === "diverges").length;
    if (diverged) created.append(of > 1 ? `${diverged} of ${of} diverged` : "diverged");
    else if (accuracy !== null) created.append(element("strong", percent(accuracy)), spread === null ? "" : ` ± ${(100 * spread).toFixed(1)}`);
    const notes = [];
    if (done.length && done.length < of) notes.push(`${done.length} of ${of}`);
    if (inTraining) notes.push(`${live.length ? live.map(percent).join(", ") : "training"} …`);
    else if (!done.length) notes.push("–");
    if (notes.length) created.append(cell("span", notes.join(", "), { class: "muted" }));
    return created;
  }
}

// How a run ended: the outcome beside the expected one, why, what to try next; then confusion matrix and mistakes on the test data.

import { bytes } from "./base64.js";
import { imageCanvas } from "./canvas.js";
import { clearGap } from "./chance.js";
import { drawMarker } from "./class_markers.js";
import { cell, element, makeButton, row, section } from "./elements.js";
import { compared, explain, fill } from "./explanations.js";
import { count, percent, short } from "./number_text.js";
import { outcomeOf } from "./run.js";
import { mix } from "./theme.js";

const CONFIDENT = 1.5; // times the confidence of guessing

/** The facts that rules may use: the settings of the run, and how it ended. A gap that may be chance is 0. */
function facts(settings, outcome, { end, evaluation, examples, falling, restored, started }) {
  const hidden = started?.sizes.slice(1, -1) ?? [];
  return {
    ...settings,
    activation: settings.activations?.length ? onlyOne(settings.activations) : settings.activation,
    outcome,
    stopped: Boolean(end.stopped) && settings.iterations !== null, // without a limit there is no other end
    layers: hidden.length,
    narrowest: Math.min(...hidden),
    obstacle: started?.obstacle ?? null,
    norm: settings.batch_norm ? "batch" : settings.layer_norm ? "layer" : null, // undefined in older runs
    convolutional: Boolean(settings.channels?.length),
    skip: Boolean(settings.residual) && hidden.some((units, l) => units === hidden[l - 1]),
    steps: end.step,
    gap: evaluation ? clearGap(evaluation, examples) : 0,
    val: end.val_accuracy,
    validated: examples.val,
    falling,
    restored,
    image: Boolean(started?.image_shape),
    epochs: started ? end.step / started.steps_per_epoch : 0,
  };
}

/** What all entries of a list are, null where they differ. */
const onlyOne = (list) => (new Set(list).size === 1 ? list[0] : null);

/** The settings that the learner changed during the run, as a sentence; "" if there are none. */
function changedSettings(texts, before, settings) {
  const parts = Object.entries(texts.names)
    .filter(([name]) => before[name] !== settings[name])
    .map(([name, title]) => fill(texts.steeredPart, { name: title, now: short(settings[name]), before: short(before[name]) }));
  return parts.length ? fill(texts.steered, { what: parts.join(", ") }) : "";
}

export class Result {
  /** @param {function} find  testid to element */
  constructor(find) {
    this.find = find;
  }

  clear() {
    this.find("result").hidden = true;
  }

  /** @param {function|null} choose  called with the index of a test example that is chosen; null where none can be */
  showChoices(choose) {
    this.choose = choose;
    for (const { firstChild: box } of this.find("mistakes-list").children) makeButton(box, choose && box.index !== undefined ? () => this.choose(box.index) : null);
  }

  show(run) {
    const { end, settings, settingsAtStart, started, evaluation, expectation, texts, theme, metrics, network, why } = run;
    const { find } = this;
    find("result").hidden = false;
    const outcome = outcomeOf(end);
    const all = facts(settings, outcome, run);
    const rule = explain(texts.rules, all) || { why: "", next: "" };
    const values = {
      step: count(end.step),
      test: percent(end.test_accuracy),
      val: percent(end.val_accuracy),
      validated: count(all.validated),
      train: percent(evaluation?.train_accuracy),
      gap: (100 * all.gap).toFixed(0),
      rate: short(settings.learning_rate),
      chance: started ? percent(1 / started.classes.length, 0) : "",
      std: short(settings.std),
      dropout: percent(settings.dropout, 0),
    };
    find("verdict-title").textContent = fill(texts.titles[outcome] || "", values);
    find("verdict-expectation").textContent = expectation ? compared(texts, expectation, outcome) : "";
    find("verdict-why").textContent = [end.reason, changedSettings(texts, settingsAtStart, settings), fill(rule.why, values)].filter(Boolean).join(" ");
    const advice = outcome === "diverges" && end.advice ? end.advice : rule.next;
    find("verdict-next").textContent = fill(`${texts.next} ${advice}`, values);
    const whyLink = find("verdict-whole");
    whyLink.hidden = !(texts.whole && all.obstacle && outcome === "stuck");
    whyLink.textContent = texts.whole ?? "";
    whyLink.href = why;
    const tested = typeof end.test_accuracy === "number";
    find("test-accuracy-box").hidden = !tested;
    find("test-accuracy").textContent = tested ? percent(end.test_accuracy) : "";
    find("download-metrics").hidden = !metrics;
    find("download-metrics").href = metrics || "";
    for (const [part, ending] of [["download-network", "pt"], ["download-settings", "json"]]) {
      find(part).hidden = !network || end.event === "diverged";
      find(part).href = `${network}.${ending}`;
    }
    find("confusion").hidden = !end.confusion;
    find("mistakes").hidden = !end.mistakes;
    if (end.confusion) this.showConfusion(end.confusion, started.classes, theme);
    if (end.mistakes) this.showMistakes(end.mistakes, started, theme);
  }

  showConfusion(matrix, classes, theme) {
    const table = this.find("confusion-table");
    const head = row([cell("th", "true ↓ predicted →", { scope: "col" }), ...classes.map((name) => cell("th", name, { scope: "col" })), cell("th", "right", { scope: "col" })]);
    const rows = matrix.map((counts, t) => {
      const total = counts.reduce((a, b) => a + b, 0) || 1;
      const cells = counts.map((n, p) => {
        const each = cell("td", count(n), {});
        const share = n / total;
        // Correct predictions in the accent colour, mistakes in orange, never so strong that the number is hard to read.
        each.style.background = n ? mix(theme.paper, p === t ? theme.accent : theme.mistake, Math.min(0.5, 0.06 + (p === t ? 0.5 : 1.3) * share)) : "";
        each.title = `${classes[t]} predicted as ${classes[p]}: ${count(n)} of ${count(total)}`;
        if (p === t) each.className = "diagonal";
        return each;
      });
      return row([cell("th", classes[t], { scope: "row" }), ...cells, cell("td", percent(counts[t] / total, 0), { class: "right" })]);
    });
    table.replaceChildren(section("thead", [head]), section("tbody", rows));
  }

  showMistakes(list, started, theme) {
    const { classes, image_shape: shape } = started;
    const confident = list[0]?.confidence > CONFIDENT / classes.length;
    this.find("mistakes-title").textContent = confident || !list.length ? "Most confident mistakes" : "Mistakes, none of them confident";
    this.find("mistakes-note").textContent = list.length ? "on the test data" : "none on the test data";
    this.find("mistakes-list").replaceChildren(
      ...list.slice(0, 12).map((each) => {
        const [item, box] = [element("li"), element("div")];
        item.append(box);
        box.index = each.index; // an older run has none
        if (each.image) {
          const canvas = imageCanvas(bytes(each.image), 0, shape);
          canvas.className = "image";
          box.append(canvas);
        } else if (each.point) {
          const canvas = element("canvas");
          canvas.className = "mistake-position";
          canvas.width = canvas.height = 88;
          const g = canvas.getContext("2d");
          g.scale(2, 2);
          drawPosition(g, each, started, theme);
          box.append(canvas);
        }
        const text = element("span");
        text.append(element("strong", classes[each.true]), ` predicted as ${classes[each.predicted]}, `);
        text.append(cell("span", percent(each.confidence, each.confidence > 0.995 ? 1 : 0), { class: "unbroken" }), " sure");
        if (each.point) text.append(` at (${short(each.point[0], 2)}, ${short(each.point[1], 2)})`);
        box.append(text);
        return item;
      }),
    );
    this.showChoices(this.choose);
  }
}

/** Where on the plane a mistake is. */
function drawPosition(g, { point, true: truth }, { extent: [xa, xb, ya, yb] }, theme) {
  g.fillStyle = theme.panel;
  g.fillRect(0, 0, 44, 44);
  g.strokeStyle = theme.grid;
  g.strokeRect(0.5, 0.5, 43, 43);
  const clamp = (v) => Math.max(6, Math.min(38, v));
  drawMarker(g, theme, truth, clamp((44 * (point[0] - xa)) / (xb - xa)), clamp(44 - (44 * (point[1] - ya)) / (yb - ya)), 5);
}

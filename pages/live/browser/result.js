// How a run ended: what happened against what was expected, why, what to try next; then the test data, counted.

import { marker, mix, picture } from "./classes.js";
import { bytes, count, percent, short } from "./bytes.js";
import { cell, element, row, section } from "./elements.js";

/**
 * The first explanation whose every condition holds. Conditions are data, written beside the texts: a plain value must be equal,
 * { least } and { most } bound a number, and a list names the values that will do.
 */
export function explain(rules, facts) {
  return rules.find((rule) => Object.entries(rule.when).every(([name, wanted]) => holds(facts[name], wanted)));
}

function holds(value, wanted) {
  if (Array.isArray(wanted)) return wanted.includes(value);
  if (wanted !== null && typeof wanted === "object")
    return typeof value === "number" && value >= (wanted.least ?? -Infinity) && value <= (wanted.most ?? Infinity);
  return value === wanted;
}

/** What the rules may ask about: the settings of the run, and how it went. */
function facts(settings, outcome, end, evaluation, started) {
  const hidden = started?.sizes.slice(1, -1) ?? [];
  return {
    ...settings,
    outcome,
    stopped: Boolean(end.stopped),
    layers: hidden.length,
    narrowest: Math.min(...hidden),
    obstacle: started?.obstacle ?? null,
    steps: end.step,
    gap: evaluation ? evaluation.train_accuracy - evaluation.val_accuracy : 0,
    image: Boolean(started?.image_shape),
    epochs: started ? end.step / started.steps_per_epoch : 0,
  };
}

export function fill(template, words) {
  return template.replace(/\{(\w+)\}/g, (_, name) => words[name] ?? "");
}

/** What the learner turned while it ran, as a sentence; "" if nothing ended elsewhere than it began. */
function steering(texts, began, settings) {
  const parts = Object.entries(texts.names)
    .filter(([name]) => began[name] !== settings[name])
    .map(([name, called]) => fill(texts.steeredPart, { name: called, now: short(settings[name]), before: short(began[name]) }));
  return parts.length ? fill(texts.steered, { what: parts.join(", ") }) : "";
}

const SURE = 1.5; // times the confidence of guessing

export class Result {
  /** @param {function} find  testid to element */
  constructor(find) {
    this.find = find;
  }

  clear() {
    this.find("result").hidden = true;
  }

  show({ end, settings, began, started, evaluation, expectation, texts, theme, download, network, why }) {
    const { find } = this;
    find("result").hidden = false;
    const outcome = end.event === "diverged" ? "diverges" : end.outcome;
    const all = facts(settings, outcome, end, evaluation, started);
    const rule = explain(texts.rules, all) || { why: "", next: "" };
    const words = {
      step: count(end.step),
      test: percent(end.test_accuracy),
      val: percent(end.val_accuracy),
      train: percent(evaluation?.train_accuracy),
      gap: (100 * all.gap).toFixed(0),
      rate: short(settings.learning_rate),
      chance: started ? percent(1 / started.classes.length, 0) : "",
      std: short(settings.std),
      dropout: percent(settings.dropout, 0),
    };
    find("verdict-title").textContent = fill(texts.titles[outcome] || "", words);
    find("verdict-expectation").textContent = expectation
      ? fill(texts.compare[expectation === outcome ? "match" : "differ"], { expected: texts.expected[expectation], happened: texts.happened[outcome] })
      : "";
    find("verdict-why").textContent = [end.reason, steering(texts, began, settings), fill(rule.why, words)].filter(Boolean).join(" ");
    find("verdict-next").textContent = fill(end.advice && outcome === "diverges" ? `${texts.next} ${end.advice}` : `${texts.next} ${rule.next}`, words);
    const whole = find("verdict-whole");
    whole.hidden = !(texts.whole && all.obstacle && outcome === "stuck");
    whole.textContent = texts.whole ?? "";
    whole.href = why;
    const scored = typeof end.test_accuracy === "number";
    find("test-accuracy-box").hidden = !scored;
    find("test-accuracy").textContent = scored ? percent(end.test_accuracy) : "";
    const link = find("download-metrics");
    link.hidden = !download;
    link.href = download || "";
    for (const [part, ending] of [["download-network", "pt"], ["download-settings", "json"]]) {
      find(part).hidden = !network || end.event === "diverged";
      find(part).href = `${network}.${ending}`;
    }
    find("confusion").hidden = !end.confusion;
    find("mistakes").hidden = !end.mistakes;
    if (end.confusion) this.confusion(end.confusion, started.classes, theme);
    if (end.mistakes) this.mistakes(end.mistakes, started, theme);
  }

  confusion(matrix, classes, theme) {
    const table = this.find("confusion-table");
    const head = row([cell("th", "truth ↓ answer →", { scope: "col" }), ...classes.map((name) => cell("th", name, { scope: "col" })), cell("th", "right", { scope: "col" })]);
    const rows = matrix.map((counts, t) => {
      const total = counts.reduce((a, b) => a + b, 0) || 1;
      const cells = counts.map((n, p) => {
        const each = cell("td", count(n), {});
        const share = n / total;
        // Right answers in the accent, mistakes in orange: the diagonal and its leaks are told apart at a glance, and by position.
        each.style.background = n ? mix(theme.paper, p === t ? theme.accent : theme.positive, Math.min(0.85, 0.06 + (p === t ? 0.7 : 1.3) * share)) : "";
        if ((p === t ? 0.7 : 1.3) * share > 0.5) each.style.color = theme.dark && p !== t ? "#11161c" : "#ffffff";
        each.title = `${classes[t]} taken for ${classes[p]}: ${count(n)} of ${count(total)}`;
        if (p === t) each.className = "diagonal";
        return each;
      });
      return row([cell("th", classes[t], { scope: "row" }), ...cells, cell("td", percent(counts[t] / total, 0), { class: "right" })]);
    });
    table.replaceChildren(element("caption", "Rows are the true classes, columns the network's answers; every cell counts test examples."), section("thead", [head]), section("tbody", rows));
  }

  mistakes(list, started, theme) {
    const { classes, image_shape: shape } = started;
    const sure = list[0]?.confidence > SURE / classes.length;
    this.find("mistakes-title").textContent = sure || !list.length ? "Wrong, and sure of it" : "Wrong, and sure of nothing";
    this.find("mistakes-note").textContent = list.length ? "the most confident mistakes on the test data" : "not one mistake on the test data";
    this.find("mistakes-list").replaceChildren(
      ...list.slice(0, 12).map((each) => {
        const item = element("li");
        if (each.image) {
          const canvas = picture(bytes(each.image), 0, shape);
          canvas.className = "image";
          item.append(canvas);
        } else if (each.point) {
          const canvas = document.createElement("canvas");
          canvas.className = "spot";
          canvas.width = canvas.height = 88;
          const g = canvas.getContext("2d");
          g.scale(2, 2);
          this.spot(g, each, started, theme);
          item.append(canvas);
        }
        const words = element("span");
        words.append(element("strong", classes[each.true]), ` taken for ${classes[each.predicted]}, `);
        words.append(cell("span", percent(each.confidence, each.confidence > 0.995 ? 1 : 0), { class: "whole" }), " sure");
        if (each.point) words.append(` at (${short(each.point[0], 2)}, ${short(each.point[1], 2)})`);
        item.append(words);
        return item;
      }),
    );
  }

  /** Where on the plane the mistake lies. */
  spot(g, { point, true: truth }, { extent: [xa, xb, ya, yb] }, theme) {
    g.fillStyle = theme.panel;
    g.fillRect(0, 0, 44, 44);
    g.strokeStyle = theme.grid;
    g.strokeRect(0.5, 0.5, 43, 43);
    const clamp = (v) => Math.max(6, Math.min(38, v));
    marker(g, truth, clamp((44 * (point[0] - xa)) / (xb - xa)), clamp(44 - (44 * (point[1] - ya)) / (yb - ya)), 5);
  }
}

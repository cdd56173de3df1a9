// The line below the buttons: before a run it asks what the learner expects, during the run it repeats the answer, after the run it
// compares it with the outcome. Beside it, the note that the settings on the left differ from those of the run on view.

import { setText } from "./elements.js";
import { compared, fill } from "./explanations.js";
import { percent } from "./number_text.js";
import { differs, outcomeOf } from "./run.js";

export class Story {
  /** @param {{startNew: function, adopt: function}} actions  of the note's two buttons */
  constructor(find, lab, texts, actions) {
    this.find = find;
    this.lab = lab;
    this.texts = texts;
    find("start-new").onclick = actions.startNew;
    find("adopt-settings").onclick = actions.adopt;
    this.seeWhy = document.createElement("button");
    this.seeWhy.type = "button";
    this.seeWhy.className = "quiet";
    this.seeWhy.dataset.testid = "see-why";
    this.seeWhy.textContent = "See why";
    this.seeWhy.onclick = () => find("result").scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth", block: "start" });
  }

  /** The chosen expectation, or null: an answer is optional. */
  get expectation() {
    return this.find("expectation").querySelector("input:checked")?.value ?? null;
  }

  clearExpectation() {
    for (const input of this.find("expectation").querySelectorAll("input")) input.checked = false;
  }

  /** @param {{settings: object, problem: string|null}} data  settings of the widgets, which may differ from the run's, and why they start nothing */
  show(run, { settings, problem }) {
    const { find, texts } = this;
    const beforeRun = run.state === "none";
    find("expectation").hidden = !(beforeRun || run.ended); // after a run the question is about the next one
    const line = find("tale");
    const text = beforeRun ? (texts.before ?? "") : this.textFor(run);
    const changed = !beforeRun && run.settings && differs(settings, run.settings, this.lab.live);
    line.hidden = !text || (changed && run.active);
    const key = text + (run.end ? "!" : "");
    if (line.dataset.key !== key) {
      line.dataset.key = key;
      line.textContent = text;
      if (run.end && this.lab.parts.includes("result")) line.append(" ", this.seeWhy);
    }
    find("settings-note").hidden = !changed;
    find("start-new").hidden = !run.active; // after the run, Start again does the same
    find("start-new").ariaDisabled = String(Boolean(problem));
    if (changed) setText(find("settings-note-text"), run.active ? problem || texts.changed : texts.changedAfter); // after the run, the status says the problem
  }

  textFor(run) {
    const texts = run.settings?.device === "cluster" ? { ...this.texts, ...this.texts.elsewhere } : this.texts;
    if (run.state === "failed") {
      const reason = run.reason || "The run failed.";
      return /Resume/.test(reason) || !run.step ? reason : `${reason} ${texts.resume}`;
    }
    if (run.spectated && (run.active || run.state === "released")) return texts.spectated;
    if (run.state === "interrupted" || run.state === "released") return run.reason || texts[run.state];
    if (run.state === "queued" && run.reason) return run.reason;
    if (run.state === "stopped" && !run.end) return run.reason || (texts.stopped ?? (run.step ? "" : texts.untrained)); // without a report
    if (run.state === "paused" && texts.paused) return texts.paused;
    if (run.end) {
      const outcome = outcomeOf(run.end);
      if (!outcome) return run.end.stopped ? texts.stopped : texts.finished; // several networks have no common outcome
      const score = typeof run.end.test_accuracy === "number" ? ` Test accuracy: ${percent(run.end.test_accuracy)}.` : "";
      const ended = run.expectation ? compared(texts, run.expectation, outcome) : fill(texts.compare.none, { happened: texts.happened[outcome] });
      return outcome === "diverges" ? `${ended} ${run.end.reason} ${run.end.advice}` : ended + score;
    }
    return run.expectation ? fill(texts.compare.before, { happens: texts.happens[run.expectation] }) : texts.running;
  }
}

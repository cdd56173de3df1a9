// The line under the buttons: before a run it asks what the learner expects, during it recalls the answer, after it says how things
// went. Beside it, the note that the settings on the left are no longer those of the run on view.

import { differs } from "./run.js";
import { fill } from "./result.js";
import { percent } from "./bytes.js";

export class Story {
  constructor(find, lab, texts, hear) {
    this.find = find;
    this.lab = lab;
    this.texts = texts;
    find("start-new").onclick = hear.startNew;
    find("adopt-settings").onclick = hear.adopt;
    this.more = document.createElement("button");
    this.more.type = "button";
    this.more.className = "quiet";
    this.more.dataset.testid = "see-why";
    this.more.textContent = "See why";
    this.more.onclick = () => find("result").scrollIntoView({ behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth", block: "start" });
  }

  /** The chosen expectation, or null: answering is optional. */
  get expectation() {
    return this.find("expectation").querySelector("input:checked")?.value ?? null;
  }

  forget() {
    for (const input of this.find("expectation").querySelectorAll("input")) input.checked = false;
  }

  /** @param {object} settings  those of the widgets, which may differ from the run's */
  show(run, settings) {
    const { find, texts } = this;
    const asking = run.state === "none";
    find("expectation").hidden = !(asking || run.ended); // after a run the next one waits to be predicted
    const tale = find("tale");
    const words = asking ? (texts.before ?? "") : this.words(run);
    const changed = !asking && run.settings && differs(settings, run.settings, this.lab.live);
    tale.hidden = !words || (changed && run.active);
    const key = words + (run.end ? "!" : "");
    if (tale.dataset.words !== key) {
      tale.dataset.words = key;
      tale.textContent = words;
      if (run.end && this.lab.parts.includes("result")) tale.append(" ", this.more);
    }
    find("settings-note").hidden = !changed;
    find("start-new").hidden = !run.active; // after it, the button to start again does the same
    if (changed) find("settings-note-text").textContent = run.active ? texts.changed : texts.changedAfter;
  }

  words(run) {
    const texts = run.settings?.device === "cluster" ? { ...this.texts, ...this.texts.elsewhere } : this.texts;
    if (run.state === "failed") {
      const reason = run.reason || "The run failed.";
      return /Resume/.test(reason) || !run.step ? reason : `${reason} ${texts.resume}`;
    }
    if (run.state === "interrupted" || run.state === "released") return run.reason || texts[run.state];
    if (run.state === "stopped" && !run.end) return texts.stopped ?? ""; // while no process was at work
    if (run.state === "paused" && texts.paused) return texts.paused;
    if (run.end) {
      const outcome = run.end.event === "diverged" ? "diverges" : run.end.outcome;
      if (!outcome) return run.end.stopped ? texts.stopped : texts.finished; // several networks have no one outcome
      const score = typeof run.end.test_accuracy === "number" ? ` ${percent(run.end.test_accuracy)} of the test data right.` : "";
      const compared = run.expectation
        ? fill(texts.compare[run.expectation === outcome ? "match" : "differ"], { expected: texts.expected[run.expectation], happened: texts.happened[outcome] })
        : fill(texts.compare.none, { happened: texts.happened[outcome] });
      return outcome === "diverges" ? `${compared} ${run.end.reason} ${run.end.advice}` : compared + score;
    }
    return run.expectation ? fill(texts.compare.before, { happens: texts.happens[run.expectation] }) : texts.running;
  }
}

// Two runs side by side: what they have in common and what not, and their planes at the same step.

import { Boundary } from "./boundary.js";
import { nameOf } from "./earlier_runs.js";
import { setText } from "./elements.js";
import { count } from "./number_text.js";
import { Snapshots } from "./snapshots.js";

const titleOf = (entry) => `${entry.number}: ${nameOf(entry)}`;

export class Beside {
  /**
   * @param {function} find     testid to element
   * @param {function} fileOf   id of a run → the address of its snapshots
   * @param {function} onChange called when something is to be drawn
   */
  constructor(find, fileOf, onChange) {
    Object.assign(this, { find, fileOf, onChange });
    this.entry = null; // the earlier run that is compared with the run on view
    this.planes = ["here", "there"].map((side) => new Boundary(find(`${side}-regions`), find(`${side}-points`), find(`${side}-point`)));
    find("beside-close").onclick = () => this.compare(null);
  }

  compare(entry) {
    this.entry = entry?.run === this.entry?.run ? null : entry;
    this.snapshots = new Snapshots();
    for (const snapshot of this.entry?.snapshots ?? []) this.snapshots.add(snapshot);
    this.shown = this.plane = null;
    this.onChange();
  }

  applyTheme(theme) {
    for (const plane of this.planes) plane.applyTheme(theme);
    this.plane = null;
  }

  /** @param {Run} run  the run on view */
  draw(run) {
    this.entry = run.earlierRuns.find((each) => each.run && each.run === this.entry?.run) ?? null; // it may have left the list, or have another name
    const { find, entry, planes } = this;
    find("beside").hidden = !entry || !run.started;
    if (find("beside").hidden) return;
    setText(find("beside-title"), `${run.present ? titleOf(run.present) : run.label}, beside ${titleOf(entry)}`);
    setText(find("beside-words"), entry.comparison);
    const { started, frameOnView: frame, stepOnView: step } = run;
    const snapshot = this.snapshots.list.findLast((each) => each.step <= step);
    find("beside-planes").hidden = !(entry.same_data && snapshot && started.points && frame?.boundary);
    if (find("beside-planes").hidden) return;
    if (this.plane !== started) {
      this.plane = started;
      this.shown = null;
      for (const plane of planes) plane.show(started);
    }
    setText(find("here-title"), `${run.present?.number ?? "This run"}, step ${count(step)}`);
    planes[0].update(frame.boundary, started.grid);
    if (this.shown !== snapshot) this.show(snapshot, started);
  }

  async show(snapshot, started) {
    this.shown = snapshot;
    const { entry } = this;
    try {
      const frame = await this.snapshots.load(this.fileOf(entry.run), snapshot);
      if (this.shown !== snapshot) return;
      this.planes[1].update(frame.boundary, started.grid);
      setText(this.find("there-title"), `${entry.number}, step ${count(snapshot.step)}`);
    } catch (error) {
      setText(this.find("there-title"), error.message);
    }
  }
}

// The step that is explained below the view. Here the learner chooses the example and the weight, and the view reports which step it
// shows. Python computes the explanation from what the run has stored.

const REPORT_MS = 200; // after the last move of the time slider
const PANEL_MS = 200; // until the page has drawn the explanation, so that it can be scrolled as far

export class OneStep {
  /**
   * @param {View} view
   * @param {HTMLButtonElement} button  opens the explanation
   */
  constructor(view, button) {
    this.view = view;
    this.button = button;
    this.explain = null; // what is explained: { name, at, place }
    this.reported = null; // the moment that Python knows, as text
    this.wantedStep = undefined; // on which the time slider stood before a reload, until the run is there
    button.onclick = () => this.choose({ name: view.drawing.card.entry ?? this.middlePixel });
  }

  /** The step on view of a run that stands still there, or null. `changes`: by the learner, before the frame on view. */
  get moment() {
    const { run } = this.view;
    if (!run.started?.sizes) return null;
    if (run.past) return { run: run.id, step: run.past.step, changes: 0, past: true };
    return run.still ? { run: run.id, step: run.step, changes: run.changesShown, past: false } : null;
  }

  /** A weight of images to begin with: at their edge, many inputs are the same in all of them. Undefined for points. */
  get middlePixel() {
    const [h, w, channels] = this.view.run.started?.image_shape ?? [];
    return h && !this.explain ? `W1[${(Math.floor(h / 2) * w + Math.floor(w / 2)) * channels},0]` : undefined;
  }

  /** @param {{name?: string, example?: string}} choice */
  choose(choice) {
    if (this.moment) this.send({ open: true, ...choice });
  }

  /** Chooses a weight where something is explained already. */
  chooseIfOpen(name) {
    if (this.explain && this.explain.name !== name) this.choose({ name });
  }

  send(choice) {
    const { moment } = this;
    this.reported = JSON.stringify(moment);
    this.view.component.setStateValue("explain", { moment, ...choice, at: Date.now() });
  }

  /** Takes over what Python explains. */
  update(explain) {
    const { find, data, timeSlider } = this.view;
    if (this.wantedStep === undefined) this.wantedStep = timeSlider.rememberedStep(data.run);
    if (explain && !this.explain) {
      this.wantedStep = explain.at;
      setTimeout(() => find(find("boundary").hidden ? "pictures" : "boundary").scrollIntoView({ block: "start" }), PANEL_MS);
    }
    this.explain = explain;
    this.view.root.dataset.explains = String(Boolean(explain));
    const { drawing } = this.view;
    drawing.network.explained = explain?.name ?? null;
    drawing.boundary.marked = explain?.place ?? null;
  }

  /** Shows whether a step can be explained, and reports the step on view if it is another one. */
  show() {
    const { moment, explain, button } = this;
    button.hidden = !moment;
    button.ariaExpanded = String(Boolean(explain));
    this.view.drawing.showChoices(moment ? (choice) => this.choose(choice) : null);
    if (this.returnToStep() || !explain || JSON.stringify(moment) === this.reported) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.explain && this.send({}), moment?.past ? REPORT_MS : 0);
  }

  /** After a reload: moves the time slider back to its step. Returns whether it is on its way. */
  returnToStep() {
    const { run, timeSlider } = this.view;
    if (this.wantedStep === null) return false;
    if (["none", "starting"].includes(run.state)) return true; // its snapshots are not known yet
    if (run.stepOnView !== this.wantedStep && !this.returning) {
      const position = timeSlider.earlier.findIndex(({ step }) => step === this.wantedStep);
      if (position >= 0) {
        this.returning = timeSlider.go(position).finally(() => {
          this.wantedStep = this.returning = null;
          this.show();
        });
      } else this.wantedStep = null;
    } else if (!this.returning) this.wantedStep = null;
    return Boolean(this.returning);
  }

  close() {
    clearTimeout(this.timer);
  }
}

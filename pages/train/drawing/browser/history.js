// A drawing, { points: [[x, y, class], …], classes, extent }, and the changes that can be undone. A drawing is replaced, never changed.

const MOST_STEPS = 100; // that can be undone

export class History {
  constructor(drawing) {
    this.now = drawing;
    this.past = [];
    this.future = [];
  }

  /** Begins a stroke: all that the drawing becomes until `end` is undone at once. */
  begin() {
    this.before = this.now;
  }

  end() {
    if (this.before && this.before !== this.now) {
      this.past = [...this.past, this.before].slice(-MOST_STEPS);
      this.future = [];
    }
    this.before = null;
  }

  /** Replaces the drawing in one step. */
  replace(drawing) {
    this.begin();
    this.now = drawing;
    this.end();
  }

  undo() {
    this.end(); // of a stroke that goes on
    if (this.past.length) {
      this.future.push(this.now);
      this.now = this.past.pop();
    }
  }

  redo() {
    if (this.future.length) {
      this.past.push(this.now);
      this.now = this.future.pop();
    }
  }
}

// The points of a drawing, [x, y, class] each, and the changes that can be undone.

const MOST_STEPS = 100; // that can be undone

export class History {
  constructor(points) {
    this.points = points;
    this.past = [];
    this.future = [];
  }

  /** Begins a stroke: all that `points` becomes until `end` is undone at once. */
  begin() {
    this.before = this.points;
  }

  end() {
    if (this.before && this.before !== this.points) {
      this.past = [...this.past, this.before].slice(-MOST_STEPS);
      this.future = [];
    }
    this.before = null;
  }

  /** Replaces the points in one step. */
  replace(points) {
    this.begin();
    this.points = points;
    this.end();
  }

  undo() {
    this.end(); // of a stroke that goes on
    if (this.past.length) {
      this.future.push(this.points);
      this.points = this.past.pop();
    }
  }

  redo() {
    if (this.future.length) {
      this.past.push(this.points);
      this.points = this.future.pop();
    }
  }
}

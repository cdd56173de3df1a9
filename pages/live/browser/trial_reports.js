// Reports to the page how many trials of a study are done, so that it draws its charts again.

const INTERVAL_MS = 1000; // between two reports while trials are being done: each makes the page run

export class TrialReports {
  /** @param {function} send  called with { run, state, done } */
  constructor(send) {
    this.send = send;
    this.lastReport = "";
    this.sentAt = -INTERVAL_MS;
  }

  /** Reports a change of the run's state at once, and one of its trials after the interval. */
  update(run, event) {
    if (!run.id || JSON.stringify([run.id, run.state, run.step]) === this.lastReport) return;
    const wait = event.event === "state" || event.event === "finished" ? 0 : this.sentAt + INTERVAL_MS - performance.now();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const { id, state, step } = run;
      this.lastReport = JSON.stringify([id, state, step]);
      this.sentAt = performance.now();
      this.send({ run: id, state, done: step });
    }, Math.max(0, wait));
  }

  close() {
    clearTimeout(this.timer);
  }
}

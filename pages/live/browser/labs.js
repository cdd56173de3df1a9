// How the labs differ: each uses this view for another kind of run. Everything not named here is the same for all.

import { count, short } from "./number_text.js";

// Parts of view.html, by data-testid, of every lab that shows networks in training.
const TRAINING = ["step", "epoch", "pace", "readout", "charts"];

const TRAIN = {
  kind: "train", // of run
  page: "Train", // that shows its runs
  address: "train?", // beginning of a link to a run
  live: ["learning_rate", "reg", "batch_size"], // settings that act on a running network
  pace: 200, // steps a second at first: slow enough to watch bends appear
  sample: 1000, // training examples on which training accuracy is measured
  parts: [...TRAINING, "expectation", "sliders", "boundary", "pictures", "network", "unit", "diagnostics", "result", "take-home", "one-step", "new-weights", "plane-switches"],
  speed: { title: "Steps a second", name: "steps_per_second", format: short },
  columns: ["update_ratio", "dead_share", "activation_norm", "gradient_norm"], // of the diagnostics
  logTraces: false,
};

const DEPTH = {
  kind: "depth",
  page: "Depth",
  address: "depth?",
  live: [],
  sample: 5000,
  parts: [...TRAINING, "expectation", "chart-epochs", "signal", "pictures", "diagnostics", "result", "download-network", "download-settings"],
  speed: { title: "Samples a second", name: "samples_per_second", format: (speed) => count(Number(speed.toPrecision(3))) },
  columns: ["dead_share", "activation_norm", "gradient_norm"],
  logTraces: true, // a signal that shrinks by a factor from layer to layer
};

const TABLE = {
  kind: "table",
  page: "Depth, under “The report's table”",
  address: "depth?part=table&",
  live: [],
  sample: DEPTH.sample,
  parts: [...TRAINING, "depths"],
  speed: DEPTH.speed,
  columns: [],
};

// A search: its steps are trials, and the page draws its charts.
const STUDY = {
  kind: "study",
  page: "Tuning",
  address: "tuning?",
  live: [],
  parts: ["study"],
  speed: DEPTH.speed,
  columns: [],
  titles: { stop: "Stop this study; finished trials stay stored (X)", reset: "Close this study and start another (R)" },
};

// Several samplers in one run.
const SEARCH = {
  ...STUDY,
  kind: "search",
  page: "Tuning, under “Three ways to search”",
  address: "tuning?part=search&",
  titles: { stop: "Stop this race; finished trials stay stored (X)", reset: "Close this race and start another (R)" },
};

export const LABS = { train: TRAIN, depth: DEPTH, table: TABLE, study: STUDY, search: SEARCH };

/** Shows the parts of view.html that the lab has, and hides the others permanently. */
export function showPartsOf(lab, find) {
  for (const part of new Set(Object.values(LABS).flatMap((each) => each.parts))) find(part).classList.toggle("absent", !lab.parts.includes(part));
  for (const name of TRAIN.columns) find(`column-${name}`).classList.toggle("absent", !lab.columns.includes(name));
  for (const [testid, title] of Object.entries(lab.titles ?? {})) find(testid).title = title;
  find("readout-speed-title").textContent = lab.speed.title;
  if (lab.sample) find("readout-train-title").title = `On a sample of ${count(lab.sample)} training examples, or all where there are fewer`;
}

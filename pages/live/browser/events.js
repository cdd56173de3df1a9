// What an event from the server changes: the state of the run, and what has to be drawn again. docs/live-protocol.md lists the events.

import { LABS } from "./labs.js";
import { outcomeOf } from "./run.js";
import { remember, remembered } from "./tab_storage.js";

const MAY_CHANGE_RESULT = ["finished", "diverged", "history", "state"];

export function handleEvent(view, event) {
  const { run, lab, commands, schedule } = view;
  if (event.event === "run" && event.kind !== lab.kind) return rejectOtherKind(view, event);
  const stateBefore = run.state;
  run.update(event);
  if (!run.id && event.event !== "refused") return;
  switch (event.event) {
    case "run":
      view.connection.run = event.run;
      if (stateBefore === "starting") remember(STARTED, event.run);
      view.notice.clear();
      if (view.data.run !== event.run) view.component.setStateValue("run", event.run);
      commands.continuing = false;
      break;
    case "refused":
      view.notice.show(event.message);
      commands.continuing = false;
      if (run.state === "starting") commands.reject();
      break;
    case "started":
      view.drawing.startRun();
      break;
    case "history":
    case "control":
      if (run.values) view.controls.show(run.values, { unlessMoving: event.event === "control" });
      if (event.event === "history" && view.data.adopt) commands.adopt();
      break;
    case "frame":
      view.drawing.newFrame = true;
      if (!commands.paceKnown) commands.showPace(event.pace);
      commands.paceKnown = true;
      break;
  }
  if (run.state !== "starting") view.finishInterruptedStart();
  requestDrawing(schedule, event.event);
  if (run.state !== stateBefore) schedule.request("state");
  if (lab.parts.includes("study")) view.trialReports.update(run, event);
  if (MAY_CHANGE_RESULT.includes(event.event)) {
    schedule.request("end");
    reportPrediction(view);
  }
}

/** Sends the prediction of a run that this tab has started to the progress that the page stores, once, when the run has ended. */
function reportPrediction({ run, component }) {
  const outcome = run.end && outcomeOf(run.end);
  if (!outcome || !run.expectation || !forgetStart(run.id)) return;
  const { id, label, settings, expectation } = run;
  component.setStateValue("predicted", { run: id, label, dataset: settings.dataset, expectation, outcome });
}

// The run that this tab started last survives a reload: whoever opens the link to a run did not predict its end.
const STARTED = "backprop-lab-started";

/** Whether this tab has started the run. Only the first call for a run is true. */
function forgetStart(run) {
  const started = remembered(STARTED) === run;
  if (started) remember(STARTED, null);
  return started;
}

function requestDrawing(schedule, kind) {
  if (kind === "metrics") schedule.requestSoon("loss");
  else if (kind === "evaluation") schedule.requestSoon("loss", "accuracy");
  else if (kind === "frame") schedule.request("frame");
  else schedule.request("state", "loss", "accuracy");
}

/** The link's run belongs to another page: says where to open it. */
function rejectOtherKind({ commands, connection, notice, data, schedule }, { kind, run }) {
  const { page, address } = LABS[kind];
  commands.reject();
  connection.send({ do: "leave" });
  notice.showLink(`This link's run is of another kind: it belongs to ${page}. `, "Open it there", `${data.base}/${address}run=${run}`);
  schedule.request("state", "theme");
}

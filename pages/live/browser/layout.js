// Which parts of the view are shown in which state of the run.

import { count } from "./number_text.js";

export function layOut({ root, find, run, data, connected }) {
  const { started, frame, preparing } = run;
  const images = started ? Boolean(started.image_shape) : data.kind === "image";
  root.dataset.state = run.state;
  root.dataset.connected = String(connected);
  root.dataset.run = run.id || "";
  const onCluster = (run.settings ?? data.settings)?.device === "cluster";
  root.dataset.cluster = String(onCluster); // style.css hides the controls that do not work there
  root.dataset.kind = images ? "image" : "plane";
  find("boundary").hidden = images || Boolean(preparing);
  find("plane-switches").hidden = find("boundary").hidden;
  find("pictures").hidden = !images || Boolean(preparing) || (onCluster && run.active); // sent at the end
  find("signal").hidden = find("depths").hidden = Boolean(preparing);
  find("network").hidden = images || Boolean(preparing) || !(started ?? data.preview?.frame);
  find("new-points").hidden = !data.generated;
  find("diagnostics").hidden = !frame;
  find("share").hidden = !run.id;
  find("share-control").hidden = run.spectated;
  find("device").hidden = !started?.device;
  if (started?.device) find("device").textContent = deviceText(started);
  find("preparing").hidden = !preparing;
  find("preparing-cancel").hidden = run.spectated;
  if (preparing) showProgress(find, preparing);
}

function showProgress(find, { what, done, total }) {
  find("preparing-text").textContent = total ? `${what}: ${count(done)} of ${count(total)}` : what;
  find("preparing-bar").value = total ? done / total : 0;
}

/** Where a network is trained, and with which numbers. */
function deviceText({ device, precision, at_once: atOnce }) {
  const where = device.name === "cpu" ? "the processor" : device.title;
  const host = (device.host ? ` of ${device.host}` : "") + (atOnce > 1 ? `, ${atOnce} networks at once` : "");
  return `Trained on ${where}${host}, in ${{ tf32: "TF32", bf16: "bfloat16" }[precision] ?? precision}.`;
}

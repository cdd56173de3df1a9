/**
 * Makes the fields or buttons of a box one stop of the Tab key. The arrow keys move between them; in a text, left and right move
 * the cursor first. Can be called again when some of them were replaced. The script of a component follows this one.
 */
function oneTabStop(box) {
  const all = entriesOf(box);
  setTabStop(all, all.find((each) => each.getAttribute("tabindex") === "0") ?? all[0]);
  box.addEventListener("focusin", followFocus); // the same listeners again have no effect
  box.addEventListener("keydown", moveFocus);
}

const entriesOf = (box) => [...box.querySelectorAll("input, select, button")].filter((each) => each.getClientRects().length);

function setTabStop(all, chosen) {
  for (const each of all) each.tabIndex = each === chosen ? 0 : -1;
}

function followFocus({ target, currentTarget }) {
  setTabStop(entriesOf(currentTarget), target);
}

function moveFocus(event) {
  const { key, target } = event;
  if (event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
  const all = entriesOf(event.currentTarget);
  const at = all.indexOf(target);
  let next;
  if (key === "ArrowUp") next = nearestAbove(all, target, 1);
  else if (key === "ArrowDown") next = nearestAbove(all, target, -1);
  else if (key === "ArrowLeft" && !(target.selectionStart > 0)) next = all[at - 1];
  else if (key === "ArrowRight" && !(target.selectionEnd < target.value.length)) next = all[at + 1];
  else return;
  event.preventDefault();
  next?.focus();
  next?.select?.();
}

/** The nearest entry in a row above (sign 1) or below (sign -1). */
function nearestAbove(all, from, sign) {
  const here = from.getBoundingClientRect();
  let [best, least] = [undefined, Infinity];
  for (const each of all) {
    const box = each.getBoundingClientRect();
    const up = sign * (here.top - box.top);
    const distance = up + Math.abs(here.left + here.right - box.left - box.right) / 2;
    if (up > here.height / 2 && distance < least) [best, least] = [each, distance];
  }
  return best;
}

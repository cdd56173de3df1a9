// The computational graph in the browser: marks the chosen node and the path of its gradient, and sends the node that is
// chosen by a click, a touch, or the keyboard (arrow keys go to the next node in that direction, Enter or Space chooses).

const TOWARDS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const nodes = [...parentElement.querySelectorAll(".node")];

  function show(chosen) {
    const path = data.paths[chosen];
    for (const arrow of parentElement.querySelectorAll(".arrow")) arrow.classList.toggle("on", path.includes(arrow.dataset.arrow));
    for (const node of nodes) {
      const name = node.dataset.node;
      node.classList.toggle("on", path.some((arrow) => arrow.split(" ").includes(name)));
      node.setAttribute("aria-pressed", name === chosen);
      node.setAttribute("tabindex", name === chosen ? 0 : -1);
      node.setAttribute("aria-label", `${node.dataset.label}, ${data.labels[name]}`);
      node.querySelector(".size").textContent = data.sizes[name];
    }
  }

  // On a phone, the graph stands in a window that is lower than it.
  function bringIntoView(chosen) {
    const box = parentElement.host?.closest("[data-testid=stColumn]");
    const node = nodes.find((each) => each.dataset.node === chosen)?.getBoundingClientRect();
    if (!box || !node) return;
    const view = box.getBoundingClientRect();
    box.scrollTop += node.top + node.height / 2 - view.top - view.height / 2;
  }

  function choose(node) {
    show(node.dataset.node); // before the page answers
    setTriggerValue("chosen", node.dataset.node);
  }

  for (const node of nodes) {
    node.onclick = () => {
      node.focus();
      choose(node);
    };
    node.onkeydown = (event) => {
      const next = event.key in TOWARDS && nearest(nodes, node, TOWARDS[event.key]);
      if (next) next.focus();
      else if (event.key === "Enter" || event.key === " ") choose(node);
      else if (!(event.key in TOWARDS)) return;
      event.preventDefault();
    };
  }
  show(data.chosen);
  bringIntoView(data.chosen);
}

/** The nearest node to `from` in a direction. Sideways distance counts twice. */
function nearest(nodes, from, [dx, dy]) {
  const at = (node) => [Number(node.dataset.x), Number(node.dataset.y)];
  const [x, y] = at(from);
  let [best, least] = [null, Infinity];
  for (const node of nodes) {
    const [right, down] = [at(node)[0] - x, at(node)[1] - y];
    const ahead = right * dx + down * dy;
    const aside = Math.abs(right * dy) + Math.abs(down * dx);
    if (ahead > 0 && aside <= 2 * ahead && ahead + 2 * aside < least) [best, least] = [node, ahead + 2 * aside];
  }
  return best;
}

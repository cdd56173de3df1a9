// Makes the children of an element equal to `wanted`, and leaves in place what is there already: a button that is being pressed, one
// that has the focus, details that are open.
export function renew(element, wanted) {
  let next = element.firstChild;
  for (const child of wanted) {
    let same = next;
    while (same && kind(same) !== kind(child)) same = same.nextSibling;
    if (!same) {
      element.insertBefore(child, next);
      continue;
    }
    while (next !== same) next = removed(next);
    next = same.nextSibling;
    if (same.nodeType === Node.TEXT_NODE) {
      if (same.data !== child.data) same.data = child.data;
      continue;
    }
    for (const { name, value } of child.attributes) same.setAttribute(name, value);
    same.onclick = child.onclick;
    renew(same, [...child.childNodes]);
  }
  while (next) next = removed(next);
}

const kind = (node) => [node.nodeName, node.className, node.dataset?.key].join();

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

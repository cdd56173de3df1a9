const CHANGES = ["open", "join", "teach", "leave"]; // who this browser is: its other tabs have to know

// Asks a route of the class. Resolves with its answer, rejects with its sentence.

export async function ask(base, action, content = {}) {
  const address = new URL(`${base}/class/${action}`, location.origin);
  let answer, found;
  try {
    answer = await fetch(address, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(content) });
    found = await answer.json();
  } catch {
    throw new Error("The server does not answer: check the network, and try again.");
  }
  if (!answer.ok) throw new Error(found.error ?? "The server refuses this.");
  if (CHANGES.includes(action)) localStorage.setItem("backprop-lab-class", Date.now());
  return found;
}

// An element with its class, its text and what happens on a click.
export function make(name, className = "", text = "", onclick = null) {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  if (onclick) made.onclick = onclick;
  if (name === "button") made.type = "button";
  return made;
}

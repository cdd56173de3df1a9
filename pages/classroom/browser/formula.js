// Draws the Markdown of the app's own questions: formulas between dollar signs as MathML, `code` and **bold**. Nothing becomes
// markup that is not made here, whatever the text is.

const PIECE = /\\([!-/:-@[-`{-~])|\$([^$]+)\$|`([^`]+)`|\*\*(.+?)\*\*/g;

// Commands of LaTeX that stand for one character, or for a name. tests/pages/classroom has those of all questions.
export const SIGNS = {
  psi: "ψ", partial: "∂", lambda: "λ", Delta: "Δ", sigma: "σ", delta: "δ", varepsilon: "ε", theta: "θ", eta: "η",
  cdot: "·", times: "×", approx: "≈", ne: "≠", sum: "∑", lVert: "‖", rVert: "‖", lvert: "|", rvert: "|", circ: "∘", top: "⊤",
  max: "max", log: "log", exp: "exp",
};
const OPERATORS = "·×≈≠∑‖|∘";
const TOKEN = /\\[a-zA-Z]+|\\.|[0-9]+(?:[.,][0-9]+)*|\S/gu;

export function drawn(text, isMarkdown) {
  const found = document.createDocumentFragment();
  if (!isMarkdown) {
    found.append(text);
    return found;
  }
  let end = 0;
  for (const { index, 0: whole, 1: sign, 2: formula, 3: code, 4: bold } of text.matchAll(PIECE)) {
    const piece = sign ?? (formula ? math(formula) : element(code ? "code" : "strong", code ?? bold));
    found.append(text.slice(end, index), piece);
    end = index + whole.length;
  }
  found.append(text.slice(end));
  return found;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function node(name, ...children) {
  const made = document.createElementNS("http://www.w3.org/1998/Math/MathML", name);
  made.append(...children);
  return made;
}

function math(latex) {
  const tokens = latex.match(TOKEN) ?? [];
  return node("math", ...row(tokens));
}

// Takes tokens up to the bracket that closes the group.
function row(tokens) {
  const found = [];
  while (tokens.length && tokens[0] !== "}") found.push(withScripts(tokens));
  tokens.shift();
  return found;
}

function withScripts(tokens) {
  const base = atom(tokens);
  const scripts = {};
  while (tokens[0] === "^" || tokens[0] === "_") scripts[tokens.shift()] = atom(tokens);
  if (scripts["^"] && scripts._) return node("msubsup", base, scripts._, scripts["^"]);
  if (scripts["^"]) return node("msup", base, scripts["^"]);
  return scripts._ ? node("msub", base, scripts._) : base;
}

function atom(tokens) {
  const token = tokens.shift() ?? "";
  const command = token.startsWith("\\") ? token.slice(1) : null;
  if (token === "{") return node("mrow", ...row(tokens));
  if (command === "frac" || command === "tfrac") return node("mfrac", atom(tokens), atom(tokens));
  if (command === "tilde") return node("mover", atom(tokens), node("mo", "~"));
  if (command === ",") return node("mspace");
  const sign = command === null ? token : (SIGNS[command] ?? command);
  if (/^[0-9]/.test(sign)) return node("mn", sign);
  return node(/^\p{L}$/u.test(sign) && !OPERATORS.includes(sign) ? "mi" : "mo", sign === "-" ? "−" : sign);
}

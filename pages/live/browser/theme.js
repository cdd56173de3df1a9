// Colours and font for what is drawn on canvases, read from CSS: Streamlit's theme (--st-*) and nnlib/support/colours.py (--class-0, …).

const CLASSES = 10;
const RUNS = 7;

export function readTheme(element) {
  const style = getComputedStyle(element);
  const get = (name) => style.getPropertyValue(name).trim();
  const [paper, ink] = [get("--st-background-color"), get("--st-text-color")];
  const dark = luminance(rgb(paper)) < luminance(rgb(ink));
  const scheme = dark ? "dark" : "light";
  return {
    dark,
    paper,
    panel: get("--st-secondary-background-color"),
    ink,
    soft: mix(ink, paper, (100 - parseFloat(get("--soft-ink") || "62")) / 100),
    faint: mix(ink, paper, 0.62),
    grid: mix(ink, paper, 0.88),
    accent: get("--st-primary-color"),
    classes: Array.from({ length: CLASSES }, (_, k) => get(`--class-${k}`)),
    runs: Array.from({ length: RUNS }, (_, k) => get(`--run-${k}-${scheme}`)),
    training: ink,
    validation: get(`--validation-${scheme}`),
    mistake: get("--warning"),
    negative: get(`--negative-${scheme}`), // of weights and activations below zero
    positive: get(`--positive-${scheme}`),
    font: get("--st-font") || "sans-serif",
  };
}

/** @param {string} colour  "#rgb", "#rrggbb" or "rgb(…)"  @returns {number[]} red, green and blue, 0 to 255 */
export function rgb(colour) {
  const text = colour.trim();
  if (text.startsWith("#")) {
    const hex = text.length < 7 ? [...text.slice(1, 4)].map((c) => c + c).join("") : text.slice(1, 7);
    return [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16));
  }
  return (text.match(/[\d.]+/g) || ["0", "0", "0"]).slice(0, 3).map(Number);
}

const luminance = ([r, g, b]) => 0.299 * r + 0.587 * g + 0.114 * b;

/** A mixture with `share` of b, and the rest of a. */
export function mix(a, b, share) {
  const [x, y] = [rgb(a), rgb(b)];
  return `rgb(${x.map((v, i) => Math.round(v + (y[i] - v) * share)).join(",")})`;
}

/** 256 colours as canvases store them. @param {function} colourAt  index → [red, green, blue] */
export function colourTable(colourAt) {
  return Uint32Array.from({ length: 256 }, (_, i) => {
    const [r, g, b] = colourAt(i).map(Math.round);
    return (255 << 24) | (b << 16) | (g << 8) | r;
  });
}

// Classes: one colour and one shape each, the same on every chart. The colours are those of Okabe and Ito, which stay apart
// for colour-blind eyes and differ in lightness; the shape says the same again for whoever cannot use the colour at all.


export const COLOURS = ["#0072b2", "#e69f00", "#009e73", "#d55e00", "#cc79a7", "#56b4e9", "#b8a800", "#6b4c9a", "#7f7f7f", "#8c564b"];

/** Reads the theme that Streamlit hands down as --st-* variables, so that canvases wear the same colours as the page. */
export function readTheme(element) {
  const style = getComputedStyle(element);
  const get = (name, otherwise) => {
    const value = style.getPropertyValue(name).trim();
    return value && value !== "unset" ? value : otherwise;
  };
  const paper = get("--st-background-color", "#ffffff");
  const ink = get("--st-text-color", "#1d2733");
  const dark = luminance(rgb(paper)) < luminance(rgb(ink));
  return {
    dark,
    paper,
    panel: get("--st-secondary-background-color", dark ? "#1b222a" : "#f3f5f7"),
    ink,
    soft: mix(ink, paper, 0.38),
    faint: mix(ink, paper, 0.62),
    grid: mix(ink, paper, 0.88),
    accent: get("--st-primary-color", "#0b6e99"),
    // Training is drawn in ink, validation in violet: neither is a class's colour.
    train: ink,
    val: dark ? "#b9a3f5" : "#6a3fb5",
    // Signs of weights and activations: purple below zero, brown-orange above, as in ColorBrewer's PuOr.
    negative: dark ? "#a58fd8" : "#5e3c99",
    positive: dark ? "#f0a050" : "#b35806",
    font: get("--st-font", "sans-serif"),
  };
}

export function rgb(colour) {
  const text = colour.trim();
  if (text.startsWith("#")) {
    const hex = text.length < 7 ? [...text.slice(1, 4)].map((c) => c + c).join("") : text.slice(1, 7);
    return [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16));
  }
  return (text.match(/[\d.]+/g) || ["0", "0", "0"]).slice(0, 3).map(Number);
}

const luminance = ([r, g, b]) => 0.299 * r + 0.587 * g + 0.114 * b;

/** `share` of b in a. */
export function mix(a, b, share) {
  const [x, y] = [rgb(a), rgb(b)];
  return `rgb(${x.map((v, i) => Math.round(v + (y[i] - v) * share)).join(",")})`;
}

export const colourOf = (k) => COLOURS[k % COLOURS.length];

const SHAPES = [circle, triangle, square, diamond, cross, pentagon, plus, down, star, bar];

/** Draws the marker of class k: filled for a training point, a ring for a validation point. */
export function marker(g, k, x, y, r, { ring = false, edge = null } = {}) {
  g.beginPath();
  SHAPES[k % SHAPES.length](g, x, y, r);
  const colour = colourOf(k);
  if (ring) {
    g.fillStyle = edge || "#ffffff";
    g.fill();
    g.lineWidth = 1.8;
    g.strokeStyle = colour;
    g.stroke();
  } else {
    g.fillStyle = colour;
    g.fill();
    if (edge) {
      g.lineWidth = 1;
      g.strokeStyle = edge;
      g.stroke();
    }
  }
}

function polygon(g, x, y, r, n, turn) {
  for (let i = 0; i < n; i++) {
    const angle = turn + (2 * Math.PI * i) / n;
    g.lineTo(x + r * Math.cos(angle), y + r * Math.sin(angle));
  }
  g.closePath();
}

function circle(g, x, y, r) { g.arc(x, y, r, 0, 2 * Math.PI); }
function triangle(g, x, y, r) { polygon(g, x, y + r * 0.15, r * 1.3, 3, -Math.PI / 2); }
function square(g, x, y, r) { g.rect(x - r * 0.9, y - r * 0.9, r * 1.8, r * 1.8); }
function diamond(g, x, y, r) { polygon(g, x, y, r * 1.3, 4, 0); }
function pentagon(g, x, y, r) { polygon(g, x, y, r * 1.15, 5, -Math.PI / 2); }
function down(g, x, y, r) { polygon(g, x, y - r * 0.15, r * 1.3, 3, Math.PI / 2); }
function bar(g, x, y, r) { g.rect(x - r * 1.3, y - r * 0.5, r * 2.6, r); }

function cross(g, x, y, r) {
  const [a, b] = [r * 1.15, r * 0.45];
  for (const [dx, dy] of [[0, -b], [b, -a], [a, -b], [b, 0], [a, b], [b, a], [0, b], [-b, a], [-a, b], [-b, 0], [-a, -b], [-b, -a]])
    g.lineTo(x + dx, y + dy);
  g.closePath();
}

function plus(g, x, y, r) {
  const [a, b] = [r * 1.2, r * 0.45];
  for (const [dx, dy] of [[-b, -a], [b, -a], [b, -b], [a, -b], [a, b], [b, b], [b, a], [-b, a], [-b, b], [-a, b], [-a, -b], [-b, -b]])
    g.lineTo(x + dx, y + dy);
  g.closePath();
}

function star(g, x, y, r) {
  for (let i = 0; i < 10; i++) {
    const [angle, reach] = [-Math.PI / 2 + (Math.PI * i) / 5, i % 2 ? r * 0.6 : r * 1.4];
    g.lineTo(x + reach * Math.cos(angle), y + reach * Math.sin(angle));
  }
  g.closePath();
}

/** Gives a canvas one device pixel per pixel on the screen; returns its context and its size in CSS pixels, or null while it
 *  has no size (hidden). Setting the size of a canvas clears it, so it happens only when the size has changed. */
export function fit(canvas) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width || !height) return null;
  const scale = Math.min(2, window.devicePixelRatio || 1);
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  const resized = canvas.width !== w || canvas.height !== h;
  if (resized) {
    canvas.width = w;
    canvas.height = h;
  }
  const g = canvas.getContext("2d");
  g.setTransform(scale, 0, 0, scale, 0, 0);
  return { g, width, height, resized };
}

/** One picture (height × width × channels bytes) as a small canvas of its own. */
export function picture(pixels, offset, [height, width, channels]) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  paint(image.data, 0, width, pixels, offset, [height, width, channels]);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/** Copies one picture into RGBA data of a wider sheet, its top left corner at RGBA index `at`. */
export function paint(rgba, at, stride, pixels, offset, [height, width, channels]) {
  for (let y = 0; y < height; y++) {
    let to = at + 4 * y * stride;
    let from = offset + y * width * channels;
    for (let x = 0; x < width; x++, to += 4, from += channels) {
      rgba[to] = pixels[from];
      rgba[to + 1] = pixels[channels === 3 ? from + 1 : from];
      rgba[to + 2] = pixels[channels === 3 ? from + 2 : from];
      rgba[to + 3] = 255;
    }
  }
}


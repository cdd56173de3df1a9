// Each class has one colour and one shape, the same on every chart, so that classes can be distinguished without seeing colours.

export const classColour = (theme, k) => theme.classes[k % theme.classes.length];

const SHAPES = [circle, triangle, square, diamond, cross, pentagon, plus, down, star, bar];

/** Draws the marker of class k: filled for a training point, a ring for a validation point. */
export function drawMarker(g, theme, k, x, y, r, { ring = false, edge = null } = {}) {
  g.beginPath();
  SHAPES[k % SHAPES.length](g, x, y, r);
  const colour = classColour(theme, k);
  if (ring) {
    g.fillStyle = edge || "white";
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

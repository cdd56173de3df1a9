// The legend below the plane: marker and name of each class, then what filled markers and rings mean.

import { drawMarker } from "./class_markers.js";
import { count } from "./number_text.js";

/** @param {{classes: string[], points: {x}|undefined, extent: number[]|undefined}} source  points: none of images */
export function showClassLegend(list, { classes, points, extent }, theme) {
  list.replaceChildren(...classes.map((name, k) => entry(name, (g) => drawMarker(g, theme, k, 8, 8, 4.5))));
  if (!points) return;
  list.append(entry("training: filled", (g) => drawDot(g, theme, true)), entry("validation: ring", (g) => drawDot(g, theme, false)));
  const [low1, high1, low2, high2] = extent;
  const outside = points.x.filter(([x1, x2]) => x1 < low1 || x1 > high1 || x2 < low2 || x2 > high2).length;
  if (!outside) return;
  const note = document.createElement("li");
  note.textContent = outside === 1 ? "1 point lies outside this plane" : `${count(outside)} points lie outside this plane`;
  list.append(note);
}

function drawDot(g, theme, filled) {
  g.beginPath();
  g.arc(8, 8, 4.2, 0, 7);
  g.lineWidth = 1.8;
  g.strokeStyle = g.fillStyle = theme.soft;
  if (filled) g.fill();
  g.stroke();
}

function entry(name, draw) {
  const item = document.createElement("li");
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 32;
  canvas.className = "marker";
  const g = canvas.getContext("2d");
  g.scale(2, 2);
  draw(g);
  item.append(canvas, name);
  return item;
}

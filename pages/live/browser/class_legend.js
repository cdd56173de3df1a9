// The legend below the plane: marker and name of each class, then what filled markers and rings mean.

import { drawMarker } from "./class_markers.js";

/** @param {boolean} points  whether there are points, and not images */
export function showClassLegend(list, classes, theme, points) {
  list.replaceChildren(...classes.map((name, k) => entry(name, (g) => drawMarker(g, theme, k, 8, 8, 4.5))));
  if (!points) return;
  list.append(entry("training: filled", (g) => drawDot(g, theme, true)), entry("validation: ring", (g) => drawDot(g, theme, false)));
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

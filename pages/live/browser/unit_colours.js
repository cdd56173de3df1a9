// The colours of what a unit puts out, by its true size: from negative through the page's own colour, for zero, to positive.

import { colourTable, rgb } from "./theme.js";

/** 0 for 0, ½ for 1, towards 1 for large values, with the sign of the value: small answers look faint, and none is too large to show. */
const shareOf = (value) => value / (1 + Math.abs(value));

/** 256 colours: 128 is zero. */
export function signColours(theme) {
  const [negative, zero, positive] = [rgb(theme.negative), rgb(theme.paper), rgb(theme.positive)];
  return colourTable((i) => {
    const share = Math.min(1, Math.abs(i - 128) / 127);
    return zero.map((z, channel) => z + ((i < 128 ? negative : positive)[channel] - z) * share);
  });
}

/**
 * Draws one picture below the other on a canvas of their own.
 * @param {HTMLCanvasElement} canvas
 * @param {Uint8Array} data     side × side bytes for each picture: 128 is zero, 255 the largest magnitude
 * @param {number[]} largest    the largest magnitude of each; that of an older run does not say, and is shown in full strength
 * @param {number} side         cells a side
 * @param {Uint32Array} colours of signColours
 */
export function drawAnswers(canvas, data, largest, side, colours) {
  const cells = side * side;
  const count = data.length / cells;
  if (canvas.width !== side || canvas.height !== side * count) {
    canvas.width = side;
    canvas.height = side * count;
  }
  const image = new ImageData(side, side * count);
  const out = new Uint32Array(image.data.buffer);
  for (let k = 0; k < count; k++) {
    const unit = (largest?.[k] ?? Infinity) / 127;
    const table = colours.map((_, byte) => colours[128 + Math.round(127 * (unit === Infinity ? (byte - 128) / 127 : shareOf((byte - 128) * unit)))]);
    for (let i = k * cells; i < (k + 1) * cells; i++) out[i] = table[data[i]];
  }
  canvas.getContext("2d").putImageData(image, 0, 0);
}

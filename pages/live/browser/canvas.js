// Canvases: their size on the screen, lines, and pictures made of bytes.

/** Gives a canvas one pixel per device pixel. Returns its context and its size in CSS pixels, or null while it is hidden. */
export function fit(canvas) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  if (!width || !height) return null;
  const scale = Math.min(2, (window.devicePixelRatio || 1) * (canvas.currentCSSZoom ?? 1));
  const [w, h] = [Math.round(width * scale), Math.round(height * scale)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w; // clears the canvas, therefore only when it changes
    canvas.height = h;
  }
  const g = canvas.getContext("2d");
  g.setTransform(scale, 0, 0, scale, 0, 0);
  return { g, width, height };
}

/** Where an event is on its target, in the CSS pixels of that, which presenter mode enlarges: [x, y]. */
export function placeOn({ clientX, clientY, target }) {
  const { left, top, width, height } = target.getBoundingClientRect();
  return [((clientX - left) / width) * target.clientWidth, ((clientY - top) / height) * target.clientHeight];
}

export function strokeLine(g, xa, ya, xb, yb) {
  g.beginPath();
  g.moveTo(xa, ya);
  g.lineTo(xb, yb);
  g.stroke();
}

/** Text that stays readable on top of lines. */
export function outlinedText(g, theme, text, x, y, colour) {
  g.lineWidth = 3;
  g.strokeStyle = theme.paper;
  g.strokeText(text, x, y);
  g.fillStyle = colour;
  g.fillText(text, x, y);
}

/** An image of height × width × channels bytes as a canvas. */
export function imageCanvas(pixels, offset, [height, width, channels]) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  copyImage(image.data, 0, width, pixels, offset, [height, width, channels]);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

/** Copies an image into the RGBA data of a wider sheet, with its top left corner at the RGBA index `at`. */
export function copyImage(rgba, at, stride, pixels, offset, [height, width, channels]) {
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

// The marks of an axis.

/** Round numbers from low to high, `about` so many. */
export function ticks(low, high, about) {
  const raw = (high - low) / about || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const size = [1, 2, 2.5, 5, 10].map((m) => m * power).find((s) => s >= raw * 0.999);
  const out = [];
  for (let v = Math.ceil(low / size - 1e-9) * size; v <= high + size * 1e-6; v += size) out.push(Math.abs(v) < size * 1e-9 ? 0 : v);
  return out;
}

// Numbers as text, with a suitable number of digits.

const integers = new Intl.NumberFormat("en");

export const count = (n) => integers.format(Math.round(n));

/** Three significant digits, as nnlib/support/number_text.py writes them: 9.66e−5 only where plain decimals would be hard to read. */
export function short(x, digits = 3) {
  if (x === null || x === undefined) return "–";
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "not a number" : x > 0 ? "∞" : "−∞";
  if (x === 0) return "0";
  const size = Math.abs(x);
  if (size >= 1e5 || size < 1e-4) {
    const [mantissa, power] = x.toExponential(digits - 1).split("e");
    return minus(`${Number(mantissa)}e${Number(power)}`);
  }
  if (size >= 1000) return integers.format(Math.round(x));
  return minus(String(Number(x.toPrecision(digits))));
}

const minus = (text) => text.replaceAll("-", "−");

/** The nearest power of ten: 3.2e-7 as "10⁻⁶". */
export const power = (x) => (x > 0 ? `10${superscript(Math.round(Math.log10(x)))}` : "0");

const superscript = (n) => String(n).replace("-", "⁻").replace(/\d/g, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]);

/** A loss: two decimals, more close to zero. */
export function loss(x) {
  if (!Number.isFinite(x) || x >= 1000) return short(x);
  return x >= 0.0995 ? x.toFixed(2) : x >= 0.001 ? x.toFixed(3) : short(x, 2);
}

export const percent = (share, digits = 1) =>
  share === null || share === undefined ? "–" : `${(100 * share).toFixed(digits)}\u00a0%`; // a space without a line break

export function duration(seconds) {
  if (!Number.isFinite(seconds)) return "–";
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  if (seconds < 5940) return `${Math.round(seconds / 60)} min`;
  return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
}

export const layers = (depth) => `${depth} ${depth === 1 ? "layer" : "layers"}`;

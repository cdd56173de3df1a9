// Binary data in events.

/** @param {string} text base64 @returns {Uint8Array} */
export function bytes(text) {
  const raw = atob(text || "");
  const out = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) out[i] = raw.charCodeAt(i);
  return out;
}

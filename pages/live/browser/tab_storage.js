// What a tab remembers over a reload. A browser may forbid storage: then nothing is remembered.

/** @param {string|null} value  null to forget it */
export function remember(name, value) {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // forbidden
  }
}

/** @returns {string|null} */
export function remembered(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

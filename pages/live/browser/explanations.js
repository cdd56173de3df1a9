// Texts chosen by rules and filled with values. The rules and the texts are those of pages/*/words.py.

/**
 * The first rule whose conditions all hold. A condition is a value (equal), a list (one of its values), or bounds of a number:
 * { least } and { most }.
 */
export function explain(rules, facts) {
  return rules.find((rule) => Object.entries(rule.when).every(([name, wanted]) => holds(facts[name], wanted)));
}

function holds(value, wanted) {
  if (Array.isArray(wanted)) return wanted.includes(value);
  if (wanted !== null && typeof wanted === "object")
    return typeof value === "number" && value >= (wanted.least ?? -Infinity) && value <= (wanted.most ?? Infinity);
  return value === wanted;
}

/** What was expected of a run, and what happened. */
export function compared(texts, expectation, outcome) {
  return fill(texts.compare[expectation === outcome ? "match" : "differ"], { expected: texts.expected[expectation], happened: texts.happened[outcome] });
}

/** Replaces each {name} of the template. */
export function fill(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

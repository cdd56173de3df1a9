// What chance alone can do to an accuracy, because it is measured on a limited number of examples.

const ERRORS = 2; // standard errors that chance seldom exceeds: once in 22 times

/**
 * On how many examples the accuracies of a run are measured: { train, val }.
 * @param {object|null} started  the started event; that of an older run does not say
 */
export function measuredOn(started, lab) {
  const { train = lab.sample, val = lab.sample } = started?.examples ?? {};
  return { train: Math.min(train, lab.sample), val };
}

/** How much better than the share `chance` an accuracy can be by luck. */
export const luck = (chance, examples) => ERRORS * Math.sqrt((chance * (1 - chance)) / examples);

/** The training accuracy minus the validation accuracy; 0 if the difference may be chance (test of two proportions). */
export function clearGap({ train_accuracy: train, val_accuracy: val }, examples) {
  const together = (train * examples.train + val * examples.val) / (examples.train + examples.val);
  const error = Math.sqrt(together * (1 - together) * (1 / examples.train + 1 / examples.val));
  return Math.abs(train - val) > ERRORS * error ? train - val : 0;
}

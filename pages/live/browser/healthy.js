// Bounds of what counts as healthy, for the causes in the status, the gauges and the titles of the charts.

export const DEAD = 0.4; // share of a layer's units
export const OVERFITTING = 0.08; // by how much the training accuracy is above the validation accuracy

/** The root mean square of the gradient over the weights of a layer. @param {number[]} inputs  of each layer @param {number[]} sizes  its units */
export const gradientPerWeight = ({ layer, gradient_norm: norm }, inputs, sizes) => norm / Math.sqrt(inputs[layer - 1] * sizes[layer]);

/** Epochs one after another differ; the number stands beside the colour. */
const COLOURS = ['topic', 'controller', 'config', 'broker', 'partition', 'security', 'feature']

export const epochColour = (epoch: number): string => `var(--family-${COLOURS[epoch % COLOURS.length]})`

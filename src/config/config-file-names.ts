/** The names of the default configuration file, in the order in which they are tried. */
export const defaultNames = ['healflow.yaml', 'healflow.yml'];

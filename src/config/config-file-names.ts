/** The configuration files that are looked for where none is named, the first that is there. */
export const defaultNames = ['healflow.yaml', 'healflow.yml'];

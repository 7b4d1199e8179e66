// User patterns as users write them: names, numbers and words of their systems.
const things = (
  'license quota lease session ledger invoice tenant shard replica broker vault gateway cluster warehouse pipeline queue ' +
  'billing catalog search index mailer printer scanner robot turbine sensor'
).split(' ');
const ends = 'expired exhausted rejected revoked frozen detached stalled corrupted blocked drained'.split(' ');
const classes = ['auth', 'network', 'resource', 'rate', 'server'];
const orders = ['normal', 'normal', 'early', 'late'];
const at = (list, number) => list[number % list.length];
const thing = (number) => at(things, number);
const end = (number) => at(ends, Math.floor(number / things.length));

/** What the patterns of each kind match. */
const kinds = {
  'consecutive words': (number) => ({ text: [`${thing(number)} ${number} (?:has been|was) ${end(number)}`] }),
  alternatives: (number) => ({
    text: [`${thing(number)} ${end(number)}|${thing(number)}-${number} is ${end(number)}`],
  }),
  'alternatives within': (number) => ({
    text: [`\\b(?:${thing(number)}|${thing(number + 3)})s? (?:${end(number)}|${end(number + 30)}) by policy ${number}`],
  }),
  'statuses and codes': (number) => ({
    statuses: [400 + (number % 100)],
    codes: [`E_${thing(number).toUpperCase()}_${number}`],
  }),
  'a status and words': (number) => ({
    statuses: [400 + (number % 100)],
    text: [`${thing(number)}\\w*: code ${number}`, `ACME-${number}\\b`],
  }),
  'no required word': (number) => ({
    text: [`\\b\\d{${3 + (number % 5)}}-[A-Z]{${2 + (number % 7)}}${number}\\b`],
  }),
};

/** The kinds of ten patterns. */
const mixture = [
  ...Array(3).fill('consecutive words'),
  ...Array(2).fill('alternatives'),
  'alternatives within',
  'statuses and codes',
  ...Array(2).fill('a status and words'),
  'no required word',
];

/** Creates `count` patterns, of all kinds. */
export const patterns = (count) =>
  Array.from({ length: count }, (_, number) => ({
    id: `own.${number}`,
    class: at(classes, number),
    subclass: null,
    codes: [],
    statuses: [],
    report: number % 7 === 0,
    order: at(orders, number),
    tools: number % 9 === 0 ? [`${thing(number)}_*`] : ['*'],
    fix: [],
    phase: 'unknown',
    examples: [],
    counterexamples: [],
    ...kinds[at(mixture, number)](number),
  }));

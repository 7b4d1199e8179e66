import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { marksOf, tableOf } from './markdown.mjs';

/** In the order in which a reader wants to know. */
const titles = {
  healthy: 'A call in which nothing fails',
  healing: 'A healing, without the time of the fix',
  inspect: 'What a viewer costs',
  diagnosis: 'A diagnosis',
  log: 'The log',
  proxy: 'The proxy',
  start: 'Start-up and memory at rest',
};

/** Benchmarks that tell more than figures, and have pages of their own. */
const pages = {
  heal: 'what becomes of a call that meets a fault, with healflow and without',
  soak: 'a million calls through the proxy, while its server is killed a thousand times',
  page: "the inspector's page with 10,000 runs",
  sharing: 'a fix that many calls and processes need at once',
};

const machineOf = ({ processor, cores, platform, node, processesThatWantedACoreWhenItBegan: load }) =>
  `${cores} cores of ${processor}, ${platform}, Node ${node}; ${load} processes wanted a core when it began.`;

/** The results of each benchmark that has any; one may keep several. */
const readAll = (root) =>
  Object.keys(titles).map((name) => {
    const folder = join(root, name);
    const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('results.json')) : [];
    const notes = join(folder, 'notes.md');
    return {
      name,
      parts: files
        .sort((a, b) => b.localeCompare(a))
        .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8'))),
      // The page lies one folder above the notes.
      notes: existsSync(notes) ? readFileSync(notes, 'utf8').trim().replaceAll('](../', '](') : '',
    };
  });

const sectionOf = ({ name, parts, notes }) =>
  [
    `## ${titles[name]}`,
    '',
    ...parts.flatMap(({ what, machine, tables, marks }) => [
      what,
      machineOf(machine),
      '',
      ...tables.map(tableOf),
      marksOf(marks),
    ]),
    ...(notes === '' ? [] : ['### What was learned', '', notes]),
    '',
  ].join('\n');

/** The page of all results, from the `results.json` and `notes.md` of each benchmark below `root`. */
export const resultsPage = (root) => {
  const all = readAll(root).filter(({ parts }) => parts.length > 0);
  const marks = all.flatMap(({ parts }) => parts.flatMap((part) => part.marks));
  const missed = marks.filter(({ holds }) => !holds).length;
  const page = [
    '# What healflow costs',
    '',
    'Made by `npm run bench -- --write` from what each benchmark keeps in its folder; [README.md](README.md) says how each is run.',
    'Ratios say more than the figures: both sides of a ratio were measured in turn in one run, on the same machine.',
    '',
    `Of ${marks.length} bounds ${marks.length - missed} hold and ${missed} are missed; what limits those is said below the figures.`,
    '',
    'Pages of their own have:',
    '',
    ...Object.entries(pages).map(([name, what]) => `- [${name}](${name}/result.md): ${what}`),
    '',
    ...all.map(sectionOf),
  ].join('\n');
  return `${page.replace(/\n{3,}/g, '\n\n').trimEnd()}\n`;
};

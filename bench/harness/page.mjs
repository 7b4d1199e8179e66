import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { marksOf, tableOf } from './markdown.mjs';

/** In the order in which a reader wants to know. Paths are below `bench`. */
const sections = [
  { title: 'A call in which nothing fails', results: ['calls/healthy.json'], notes: 'calls/healthy-notes.md' },
  { title: 'A healing, without the time of the fix', results: ['calls/healing.json'], notes: 'calls/healing-notes.md' },
  { title: 'What a viewer costs', results: ['inspector/viewers.json'], notes: 'inspector/viewers-notes.md' },
  { title: 'A diagnosis', results: ['diagnosis/results.json'], notes: 'diagnosis/notes.md' },
  { title: 'The log', results: ['log/results.json'], notes: 'log/notes.md' },
  { title: 'The proxy', results: ['proxy/results.json', 'proxy/http-results.json'], notes: 'proxy/notes.md' },
  { title: 'Start-up and memory at rest', results: ['proxy/start.json'], notes: 'proxy/start-notes.md' },
];

/** Pages that say more than figures. */
const pages = {
  faults: ['../test/faults/result.md', 'what becomes of a call that meets a fault, with healflow and without'],
  soak: ['../test/soak/result.md', 'a million calls through the proxy, while its server is killed a thousand times'],
  page: ['inspector/page-notes.md', "the inspector's page with 10,000 runs"],
  sharing: ['calls/sharing-notes.md', 'a fix that many calls and processes need at once'],
};

const machineOf = ({ processor, cores, platform, node, processesThatWantedACoreWhenItBegan: load }) =>
  `${cores} cores of ${processor}, ${platform}, Node ${node}; ${load} processes wanted a core when it began.`;

const textIn = (root, file) => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8').trim() : '');

/** Notes link to files beside them; the page is one folder above. */
const linkedFromRoot = (text, folder) =>
  text.replaceAll(/\]\((?!\w+:)([^)#]+)/g, (_, path) => `](${join(folder, path)}`);

const readSection = (root) => (section) => ({
  title: section.title,
  parts: section.results
    .map((file) => textIn(root, file))
    .filter((text) => text !== '')
    .map((text) => JSON.parse(text)),
  notes: linkedFromRoot(textIn(root, section.notes), dirname(section.notes)),
});

const sectionOf = ({ title, parts, notes }) =>
  [
    `## ${title}`,
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

/** The page of all results, from the figures and notes that each benchmark keeps below `root`. */
export const resultsPage = (root) => {
  const all = sections.map(readSection(root)).filter(({ parts }) => parts.length > 0);
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
    ...Object.entries(pages).map(([name, [path, what]]) => `- [${name}](${path}): ${what}`),
    '',
    ...all.map(sectionOf),
  ].join('\n');
  return `${page.replace(/\n{3,}/g, '\n\n').trimEnd()}\n`;
};

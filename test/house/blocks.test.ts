import { describe, expect, it } from 'vitest';
import { checkBlock, type House, showsOutput } from './blocks.ts';
import { readLinks, readPage, regionOf } from './markdown.ts';
import { readCommands } from './shell.ts';

const files: Readonly<Record<string, string>> = {
  'use.ts': 'one();\n// #region middle\n  two();\n    three();\n// #endregion\n',
  'healflow.yaml': 'attempts: 2\n',
  'scripts/x.mjs': '',
  'src/cli/main.ts': '',
};

const house = (more: Partial<House> = {}): House => ({
  read: (path) => files[path],
  exists: (path) => path in files || Object.keys(files).some((file) => file.startsWith(`${path}/`)),
  scripts: ['demo', 'test'],
  commands: new Map([
    ['proxy', ['--config']],
    ['demo', []],
  ]),
  packages: ['healflow', '@modelcontextprotocol/server'],
  mermaid: 'stateDiagram-v2\n',
  loadConfig: (text) => {
    if (text.includes('bad')) throw new Error('unknown key');
  },
  readLog: (text) => {
    if (text.includes('torn')) throw new Error('1 piece was skipped');
  },
  runFile: () => undefined,
  runProgram: (args) => `${args.join(' ')}\nsecond\nthird\n`,
  ...more,
});

/** What is wrong with the first block of a page. */
const complaint = async (page: string, more?: Partial<House>): Promise<string | undefined> => {
  const [block] = readPage('page.md', page).blocks;
  if (block === undefined) throw new Error('no block');
  return checkBlock(block, house(more));
};

describe('a page', () => {
  it('is read as its blocks, with place, language and the marker right before', () => {
    const page =
      'a\n<!-- file: a.ts -->\n\n```ts\nx\n```\n```\ny\n```\n1. in a list\n   ~~~yaml title\n   k: |\n     ```\n   ~~~\n';
    expect(readPage('p.md', page).blocks).toEqual([
      { place: 'p.md:4', language: 'ts', text: 'x', marker: 'file: a.ts' },
      { place: 'p.md:7', language: '', text: 'y', marker: undefined },
      { place: 'p.md:11', language: 'yaml', text: 'k: |\n  ```', marker: undefined },
    ]);
  });

  it('with a block that never ends is refused', () => {
    expect(() => readPage('p.md', 'a\n```ts\nx\n')).toThrow('p.md:2: the block never ends');
  });

  it('gives its links and the anchors of its headings, but not those in code', () => {
    const page =
      '# The `run`: a, b & c\n[a](docs/a.md#x "t") ![b](b.svg) <img src="c.png">\n`[d](e)`\n```\n[f](g)\n```\n';
    expect(readLinks('p.md', page)).toEqual({
      anchors: ['the-run-a-b--c'],
      targets: ['docs/a.md#x', 'b.svg', 'c.png'],
    });
  });
});

describe('an unmarked block', () => {
  it.each(['ts', 'js', 'yaml', 'text', ''])('of the language "%s" is refused', async (language) => {
    expect(await complaint(`\`\`\`${language}\nx\n\`\`\`\n`)).toMatch(/^page\.md:1: a block needs a comment/);
  });
});

describe('a block marked as a file', () => {
  it('must equal the file, or its region without the indentation', async () => {
    expect(await complaint(`<!-- file: use.ts -->\n\`\`\`ts\n${files['use.ts']}\`\`\``)).toBeUndefined();
    expect(await complaint('<!-- file: use.ts#middle -->\n```ts\ntwo();\n  three();\n```')).toBeUndefined();
    expect(await complaint('<!-- file: use.ts#middle -->\n```ts\ntwo();\nthree();\n```')).toBe(
      'page.md:2: differs from use.ts',
    );
    expect(await complaint('<!-- file: use.ts#other -->\n```ts\n```')).toBe('page.md:2: use.ts has no region other');
    expect(await complaint('<!-- file: none.ts -->\n```ts\n```')).toBe('page.md:2: there is no none.ts');
    expect(regionOf('# #region a\nk: 1\n# #endregion\n', 'a')).toBe('k: 1');
  });

  it('is run, unless the marker says why not', async () => {
    const ran: string[] = [];
    const runFile = (path: string): void => {
      ran.push(path);
      throw new Error('exit code 1');
    };
    const block = '```ts\ntwo();\n  three();\n```';
    expect(await complaint(`<!-- file: use.ts#middle -->\n${block}`, { runFile })).toBe('page.md:2: exit code 1');
    expect(await complaint(`<!-- file: use.ts#middle, not run: it waits -->\n${block}`, { runFile })).toBeUndefined();
    expect(ran).toEqual(['use.ts']);
  });

  it('is loaded where the file is a healflow.yaml', async () => {
    const loaded: string[] = [];
    await complaint('<!-- file: healflow.yaml -->\n```yaml\nattempts: 2\n```', {
      loadConfig: (text) => loaded.push(text),
    });
    expect(loaded).toEqual(['attempts: 2\n']);
  });
});

describe('a block of another kind', () => {
  it('that is a healflow.yaml must load', async () => {
    expect(await complaint('<!-- healflow.yaml -->\n```yaml\nattempts: 2\n```')).toBeUndefined();
    expect(await complaint('<!-- healflow.yaml -->\n```yaml\nbad: 2\n```')).toBe('page.md:2: unknown key');
  });

  it('that shows healing events must begin each with the six fields, in order', async () => {
    const event =
      'healing_events:\n  - {timestamp: a, tool: b, error: c, fix_applied: null, result: failure, retry_count: 0, run_id: d}';
    expect(await complaint(`<!-- healing events -->\n\`\`\`yaml\n${event}\n\`\`\``)).toBeUndefined();
    expect(await complaint(`<!-- healing events -->\n\`\`\`yaml\n${event.replace('tool: b, ', '')}\n\`\`\``)).toMatch(
      /an event has the fields/,
    );
    expect(await complaint('<!-- healing events -->\n```yaml\nhealing_events: []\n```')).toMatch(/no healing_events/);
    expect(await complaint('<!-- healing events -->\n```yaml\ntorn\n```')).toMatch(/1 piece was skipped/);
  });

  it('that shows repairs must hold whole ones', async () => {
    const repair =
      'repairs:\n  - {timestamp: "2026-02-04T10:30:04.100Z", tool: a, sig: "0123456789abcdef", args: null, between: [], window_ms: 1, kind: recovered}';
    expect(await complaint(`<!-- repairs -->\n\`\`\`yaml\n${repair}\n\`\`\``)).toBeUndefined();
    expect(await complaint(`<!-- repairs -->\n\`\`\`yaml\n${repair.replace('tool: a, ', '')}\n\`\`\``)).toMatch(
      /not whole/,
    );
    expect(await complaint('<!-- repairs -->\n```yaml\nrepairs: []\n```')).toMatch(/no repairs/);
  });

  it('that shows an output must be what the program prints', async () => {
    expect(await complaint('<!-- output: healflow demo "a b" -->\n```text\ndemo a b\n…\nth…d\n```')).toBeUndefined();
    expect(await complaint('<!-- output: healflow demo -->\n```text\ndemo\nthird\n```')).toMatch(/not what it prints/);
    expect(await complaint('<!-- output: healflow demo -->\n```text\n…\n```')).toMatch(/shows nothing/);
    expect(await complaint('<!-- output: rm -r x -->\n```text\n```')).toMatch(/cannot read this marker/);
    expect(showsOutput('a (1)\n…', 'a (1)\nb\nc\n')).toBe(true);
    expect(showsOutput('a', 'a\nb')).toBe(false);
  });

  it('that is Mermaid must be the chart', async () => {
    expect(await complaint('```mermaid\nstateDiagram-v2\n```')).toBeUndefined();
    expect(await complaint('```mermaid\nflowchart\n```')).toBe('page.md:1: is not what healflow graph draws');
  });

  it('that a script writes must name a script that exists', async () => {
    const block = '```mermaid\nflowchart TB\n```';
    expect(await complaint(`<!-- generated: npm run demo -->\n${block}`)).toBeUndefined();
    expect(await complaint(`<!-- generated: npm run draw -->\n${block}`)).toBe(
      'page.md:2: package.json has no script draw',
    );
  });

  it('that is JSON must parse, and start programs that there are', async () => {
    const client = (args: string[]): string => JSON.stringify({ mcpServers: { k8s: { command: 'npx', args } } });
    expect(
      await complaint(`\`\`\`json\n${client(['healflow', 'proxy', '--', 'npx', 'other'])}\n\`\`\``),
    ).toBeUndefined();
    expect(await complaint(`\`\`\`json\n${client(['-y', 'healflow', 'proxi'])}\n\`\`\``)).toMatch(/no command proxi/);
    expect(await complaint('```json\n{,}\n```')).toMatch(/^page\.md:1: .*JSON/);
  });

  it('with a marker that nobody knows is refused', async () => {
    expect(await complaint('<!-- trust me -->\n```ts\nx\n```')).toMatch(/cannot read this marker: trust me/);
  });
});

describe('a block of commands', () => {
  const shell = async (text: string): Promise<string | undefined> =>
    (await complaint(`\`\`\`sh\n${text}\n\`\`\``))?.slice('page.md:1: '.length);

  it.each([
    'npm ci && npm run demo',
    'npm ci && npm test # all of it',
    '$ npm install healflow @modelcontextprotocol/server@2',
    'npx healflow proxy --config healflow.yaml -- npx -y any-server --any',
    'NO_COLOR=1 healflow demo | cat',
    'healflow proxy \\\n  --config=x.yaml',
    'node scripts/x.mjs; node dist/src/cli/main.js',
    'mkdir try && cd try',
    'healflow --help',
    'npx vitest run src/cli use.ts',
  ])('may hold: %s', async (text) => {
    expect(await shell(text)).toBeUndefined();
  });

  it.each([
    ['npm run demos', 'package.json has no script demos'],
    ['npm ci && healflow prox', 'healflow has no command prox'],
    ['healflow proxy --conf x', 'healflow proxy has no option --conf'],
    ['npm i left-pad', 'a page may not tell to install left-pad'],
    ['npx cowsay', 'npx cowsay is not checked by anything'],
    ['npx vitest run test/none', 'there is no test/none'],
    ['npm publish', 'npm publish is not checked by anything'],
    ['curl example.com | sh', 'curl is not checked by anything'],
    ['node none.mjs', 'there is no none.mjs'],
    ['./run', 'there is no ./run'],
    ['echo "open', 'cannot read this command: "open'],
  ])('may not hold: %s', async (text, why) => {
    expect(await shell(text)).toBe(why);
  });

  it('is split into argvs', () => {
    expect(readCommands(`A=1 B=2 x 'a "b' "c \\"d" e\\ f#g && y\n# none\nz`)).toEqual([
      ['x', 'a "b', 'c "d', 'e f#g'],
      ['y'],
      ['z'],
    ]);
  });
});

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chart, toMermaid } from '../../machines/index.ts';
import { loadConfig } from '../../src/config/load.ts';
import { type DamagedRange, readEvents } from '../../src/event-log/index.ts';
import { checkBlock, type House } from './blocks.ts';
import { compiledFile } from './compiled.ts';
import { readLinks, readPage } from './markdown.ts';
import { root } from './sources.ts';

const program = join(root, 'dist/src/cli/main.js');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const read = (path: string): string | undefined => {
  const file = join(root, path);
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
};

const pages = ['.', 'docs', 'memory', 'bench', 'test/faults', 'test/soak']
  .filter((folder) => existsSync(join(root, folder)))
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** An empty folder, as a new user has one; examples and the program run in it. */
const folder = mkdtempSync(join(tmpdir(), 'healflow-readme-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = async (file: string, args: readonly string[]): Promise<string> => {
  const { stdout } = await execa(process.execPath, [file, ...args], { cwd: folder, stdin: 'ignore', timeout: 30_000 });
  return stdout;
};

/** Every long and short option of the commands, read from the program's own help. */
const readProgram = async (): Promise<Map<string, string[]>> => {
  const commandsIn = (help: string): string[] =>
    [...(/\nCommands:\n([\s\S]*)$/.exec(help)?.[1] ?? '').matchAll(/^ {2}(\w[\w-]*)/gm)]
      .map((match) => match[1] ?? '')
      .filter((name) => name !== 'help');
  const options = async (...name: string[]): Promise<string[]> => {
    const help = await run(program, [...name, '--help']);
    const own = [...help.matchAll(/(?<=^ {2}|, )--?[a-z][\w-]*/gm)].map(([option]) => option);
    return [own, ...(await Promise.all(commandsIn(help).map((command) => options(...name, command))))].flat();
  };
  const names = commandsIn(await run(program, ['--help']));
  return new Map(await Promise.all(names.map(async (name) => [name, await options(name)] as const)));
};

let house: House;
beforeAll(async () => {
  house = {
    read,
    exists: (path) => existsSync(join(root, path)),
    scripts: Object.keys(manifest.scripts),
    commands: await readProgram(),
    packages: [manifest.name, `./${manifest.name}-${manifest.version}.tgz`, ...Object.keys(manifest.peerDependencies)],
    mermaid: toMermaid(chart),
    loadConfig: (text) => {
      writeFileSync(join(folder, 'healflow.yaml'), text);
      return loadConfig({ configFile: join(folder, 'healflow.yaml'), cwd: folder }).finally(() =>
        rmSync(join(folder, 'healflow.yaml')),
      );
    },
    readLog: async (text) => {
      const memory = join(folder, 'memory');
      mkdirSync(join(memory, 'learned'), { recursive: true });
      writeFileSync(join(memory, 'learned/tool_fixes.yaml'), `${text}\n`);
      const onDamage = ({ reason }: DamagedRange): void => {
        throw new Error(reason);
      };
      let events = 0;
      for await (const _ of readEvents(memory, { onDamage })) events += 1;
      rmSync(memory, { recursive: true });
      if (events === 0) throw new Error('no event could be read');
    },
    runFile: (path) => run(path.endsWith('.ts') ? compiledFile(path) : join(root, path), []),
    runProgram: (args) => run(program, args),
  };
});

describe('the program', () => {
  it('tells its commands, so that pages can be held against them', () => {
    expect([...house.commands.keys()]).toEqual(expect.arrayContaining(['demo', 'explain', 'graph', 'proxy']));
    expect(house.commands.get('proxy')).toEqual(expect.arrayContaining(['--config', '--memory']));
  });
});

describe('the pages in the package', () => {
  // npm packs README.md and LICENSE whatever `files` says.
  const packed: readonly string[] = ['README.md', 'LICENSE', ...manifest.files];
  const isPacked = (path: string): boolean => packed.some((entry) => path === entry || path.startsWith(`${entry}/`));

  it.each(pages.filter(({ path }) => isPacked(path)).map(({ path, text }) => [path, text] as const))(
    'link only to files that are in it too: %s',
    (path, text) => {
      const files = readLinks(path, text)
        .targets.filter((target) => !/^[a-z]+:|^#/.test(target))
        .map((target) => join(dirname(path), target.split('#')[0] ?? ''));
      expect(files.filter((file) => !isPacked(file))).toEqual([]);
    },
  );
});

describe('README.md', () => {
  it('is there, and shows on its first screen how to set up, run and test, and the use in code', () => {
    const page = pages.find(({ path }) => path === 'README.md')?.text ?? '';
    const blocks = readPage('README.md', page).blocks.filter(({ place }) => Number(place.split(':')[1]) <= 60);
    const shell = blocks.filter(({ language }) => ['sh', 'bash'].includes(language)).map(({ text }) => text);
    expect(shell.join('\n')).toContain('npm ci && npm run demo');
    expect(shell.join('\n')).toContain('npm ci && npm test');
    expect(blocks.some(({ language }) => language === 'ts')).toBe(true);
  });
});

describe.each(pages.map(({ path, text }) => [path, text] as const))('%s', (path, text) => {
  const { blocks } = readPage(path, text);

  it.each(blocks.map((block) => [block.place, block] as const))('%s is what it claims to be', async (_place, block) => {
    expect(await checkBlock(block, house)).toBeUndefined();
  });

  it('links to nothing that is not there', () => {
    const dead = readLinks(path, text).targets.filter((target) => {
      if (/^[a-z]+:/.test(target)) return false;
      const [file = '', anchor] = target.split('#');
      const page = file === '' ? text : read(join(dirname(path), file));
      if (page === undefined) return !existsSync(join(root, dirname(path), file));
      return anchor !== undefined && !readLinks(file, page).anchors.includes(anchor);
    });
    expect(dead).toEqual([]);
  });
});

import { parse } from 'yaml';
import { toLearningRecord } from '../../src/learning/learning-record.ts';
import { type Block, regionOf } from './markdown.ts';
import { readCommands } from './shell.ts';

/** What a page's blocks are held against. Every function that checks throws, or returns what is wrong. */
export interface House {
  /** A file's text by its path from the root; undefined if there is none. */
  readonly read: (path: string) => string | undefined;
  /** Whether there is a file or folder at a path from the root. */
  readonly exists: (path: string) => boolean;
  /** The names of the scripts in package.json. */
  readonly scripts: readonly string[];
  /** The options of each command of `healflow`, by its name. */
  readonly commands: ReadonlyMap<string, readonly string[]>;
  /** The packages that a page may tell to install. */
  readonly packages: readonly string[];
  readonly mermaid: string;
  /** Loads a healflow.yaml. */
  readonly loadConfig: (text: string) => unknown;
  /** Reads a log; must throw where a piece of it cannot be read. */
  readonly readLog: (text: string) => unknown;
  /** Runs an example until it ends; it must end well. */
  readonly runFile: (path: string) => unknown;
  /** Runs `healflow` with these arguments and returns its standard output. */
  readonly runProgram: (args: readonly string[]) => string | Promise<string>;
}

export const markers = `a block needs a comment right before it that says what it is held against:
  <!-- file: test/readme/use.ts -->            equals this file, which is compiled and run
  <!-- file: test/readme/use.ts#name -->       equals the lines between "// #region name" and "// #endregion"
  <!-- file: test/readme/use.ts, not run: it waits for a client -->
  <!-- healflow.yaml -->                       loads as a configuration
  <!-- healing events -->                      reads as a log
  <!-- repairs -->                             reads as records of repairs
  <!-- output: healflow explain '401' -->      is what this prints; "…" stands for any text, alone on a line for any lines
  <!-- generated: npm run architecture -->     is written by this script; a test of its own compares it
sh, json and mermaid blocks need none`;

const fields = ['timestamp', 'tool', 'error', 'fix_applied', 'result', 'retry_count'];

const checkProgram = (args: readonly string[], { commands }: House): string | undefined => {
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  const [command] = own;
  if (command === undefined || command === '--help' || command === '--version') return undefined;
  const options = commands.get(command);
  if (options === undefined) return `healflow has no command ${command}`;
  const unknown = own.slice(1).find((word) => /^--?\w/.test(word) && !options.includes(word.replace(/=.*/, '')));
  return unknown && `healflow ${command} has no option ${unknown}`;
};

const checkNpm = ([command = '', ...args]: readonly string[], { scripts, packages }: House): string | undefined => {
  const names = args.filter((word) => !word.startsWith('-'));
  if (command === 'ci') return undefined;
  if (command === 'test') return scripts.includes('test') ? undefined : 'package.json has no script test';
  if (command === 'run') {
    return scripts.includes(names[0] ?? '') ? undefined : `package.json has no script ${names[0]}`;
  }
  if (['i', 'install'].includes(command)) {
    const unknown = names.find((name) => !packages.includes(name.replace(/(?<=.)@[^/]*$/, '')));
    return unknown && `a page may not tell to install ${unknown}`;
  }
  return `npm ${command} is not checked by anything`;
};

const checkVitest = ([mode, ...paths]: readonly string[], { exists }: House): string | undefined => {
  if (mode !== 'run') return `npx vitest ${mode} is not checked by anything`;
  const missing = paths.find((path) => !path.startsWith('-') && !exists(path));
  return missing && `there is no ${missing}`;
};

const harmless = ['cd', 'mkdir', 'echo', 'cat', 'git', 'cp', 'export'];

const checkCommand = ([program = '', ...args]: readonly string[], house: House): string | undefined => {
  if (program === 'healflow') return checkProgram(args, house);
  if (program === 'npm') return checkNpm(args, house);
  if (program === 'npx') {
    const own = args.filter((word, at) => !(word.startsWith('-') && at === 0));
    if (own[0] === 'healflow') return checkProgram(own.slice(1), house);
    return own[0] === 'vitest' ? checkVitest(own.slice(1), house) : `npx ${own[0]} is not checked by anything`;
  }
  if (program === 'node') {
    const file = args.find((word) => !word.startsWith('-')) ?? '';
    // The program as it lies in a project that has installed the package.
    if (/\/node_modules\/healflow\/dist\/src\/cli\/main\.js$/.test(file)) {
      return checkProgram(args.slice(args.indexOf(file) + 1), house);
    }
    // What is compiled does not exist in a fresh clone; its source does.
    const source = file.replace(/^dist\/(.+)\.js$/, '$1.ts');
    return house.read(source) === undefined ? `there is no ${file}` : undefined;
  }
  if (program.includes('/')) return house.read(program) === undefined ? `there is no ${program}` : undefined;
  return harmless.includes(program) ? undefined : `${program} is not checked by anything`;
};

const checkShell = (text: string, house: House): string | undefined =>
  readCommands(text)
    .map((command) => checkCommand(command, house))
    .find((complaint) => complaint !== undefined);

/** The `mcpServers` of a client's configuration start programs too. */
const checkJson = (text: string, house: House): string | undefined => {
  const { mcpServers, servers } = (JSON.parse(text) ?? {}) as Record<string, unknown>;
  for (const server of Object.values(mcpServers ?? servers ?? {}) as { command?: string; args?: string[] }[]) {
    const complaint =
      server.command === undefined ? undefined : checkCommand([server.command, ...(server.args ?? [])], house);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
};

const checkEvents = (text: string): string | undefined => {
  const { healing_events: events } = parse(text);
  if (!Array.isArray(events) || events.length === 0) return 'no healing_events';
  const wrong = events.find((event) => Object.keys(event).slice(0, fields.length).join() !== fields.join());
  return wrong && `an event has the fields ${Object.keys(wrong).join(', ')}, not first ${fields.join(', ')}`;
};

const checkRepairs = (text: string): string | undefined => {
  const { repairs } = parse(text);
  if (!Array.isArray(repairs) || repairs.length === 0) return 'no repairs';
  return repairs.every((repair) => toLearningRecord(repair) !== null) ? undefined : 'a repair is not whole';
};

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** Whether an output is what a block shows, where `…` stands for any text and a line of its own for any lines. */
export const showsOutput = (shown: string, output: string): boolean => {
  const lines = shown.split('\n').map((line) => {
    if (line.trim() === '…') return '(?:.*\\n)*?';
    return `${line.trimEnd().split('…').map(literally).join('.*')}[^\\S\\n]*\\n`;
  });
  return new RegExp(`^${lines.join('')}$`).test(`${output.trimEnd()}\n`);
};

const checkFile = async (marker: string, text: string, house: House): Promise<string | undefined> => {
  const [, path = '', region, reason] = /^file: ([^\s#,]+)(?:#([\w-]+))?(?:, not run: (.+))?$/.exec(marker) ?? [];
  if (path === '') return `cannot read this marker: ${marker}`;
  const whole = house.read(path);
  if (whole === undefined) return `there is no ${path}`;
  const part = region === undefined ? whole.replace(/\n$/, '') : regionOf(whole, region);
  if (part === undefined) return `${path} has no region ${region}`;
  if (part !== text) return `differs from ${path}`;
  if (/\.(ts|mjs)$/.test(path) && reason === undefined) await house.runFile(path);
  if (/healflow\.yaml$/.test(path)) await house.loadConfig(whole);
  return undefined;
};

const checkMarked = async (marker: string, { text }: Block, house: House): Promise<string | undefined> => {
  if (marker.startsWith('file: ')) return checkFile(marker, text, house);
  if (marker === 'healflow.yaml') return void (await house.loadConfig(text));
  if (marker.startsWith('generated: ')) {
    const [command = []] = readCommands(marker.slice('generated: '.length));
    return checkCommand(command, house);
  }
  if (marker === 'healing events') {
    await house.readLog(text);
    return checkEvents(text);
  }
  if (marker === 'repairs') return checkRepairs(text);
  const [[program, ...args] = []] = marker.startsWith('output: ') ? readCommands(marker.slice('output: '.length)) : [];
  if (program !== 'healflow') return `cannot read this marker: ${marker}\n${markers}`;
  if (text.replace(/[…\s]/g, '') === '') return 'shows nothing of the output';
  const output = await house.runProgram(args);
  return showsOutput(text, output) ? undefined : `this is not what it prints, which is:\n${output}`;
};

/** Says what is wrong with a block of a page; nothing where it is what it claims to be. */
export const checkBlock = async (block: Block, house: House): Promise<string | undefined> => {
  const { language, text, marker } = block;
  const byLanguage = (): string | undefined => {
    if (['sh', 'bash', 'shell', 'console'].includes(language)) return checkShell(text, house);
    if (language === 'json') return checkJson(text, house);
    if (language === 'mermaid' && marker === undefined)
      return text.trim() === house.mermaid.trim() ? undefined : 'is not what healflow graph draws';
    return marker === undefined ? markers : undefined;
  };
  try {
    const complaint = byLanguage() ?? (marker === undefined ? undefined : await checkMarked(marker, block, house));
    return complaint && `${block.place}: ${complaint}`;
  } catch (error) {
    return `${block.place}: ${error instanceof Error ? error.message : error}`;
  }
};

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseSync, Visitor } from 'oxc-parser';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** How a module is asked for: when it is loaded, when a line runs, or for its types alone. */
export type ImportKind = 'static' | 'dynamic' | 'type';

export interface Import {
  readonly kind: ImportKind;
  /** What the source says; null if it is computed. */
  readonly specifier: string | null;
  /** The file, from the root, or the name of a package or built-in. */
  readonly target: string;
}

export interface Source {
  readonly path: string;
  readonly imports: readonly Import[];
  /** The globals that tell the time, roll dice or wait, as they are written: `Date.now`, `setTimeout`... */
  readonly impure: readonly string[];
}

const impureGlobals = ['setTimeout', 'setInterval', 'setImmediate', 'performance'];
const impureMembers = ['Date.now', 'Math.random', 'crypto.randomUUID', 'crypto.getRandomValues', 'AbortSignal.timeout'];

/** What tells the time or rolls dice in the modules that hold more than that; a whole module may hold it too. */
const impureModules = /^(node:)?(crypto|timers|timers\/promises|perf_hooks)$/;
const impureNames = /^(\*|default|random.*|getRandomValues|webcrypto|setTimeout|setInterval|scheduler|performance)$/;

const packageOf = (specifier: string): string => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

/** Reads one module's imports of every form, and its uses of the clock and of chance. */
export const parseSource = (path: string, text: string): Source => {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const imports: Import[] = [];
  const impure: string[] = [];

  const add = (kind: ImportKind, specifier: unknown): void => {
    if (typeof specifier !== 'string') {
      imports.push({ kind, specifier: null, target: '(computed)' });
    } else if (specifier.startsWith('.')) {
      imports.push({ kind, specifier, target: join(dirname(path), specifier) });
    } else {
      imports.push({ kind, specifier, target: specifier.startsWith('node:') ? specifier : packageOf(specifier) });
    }
  };
  const literal = (node: { type: string } | null | undefined): unknown =>
    node?.type === 'Literal' && 'value' in node ? node.value : undefined;

  new Visitor({
    ImportDeclaration: ({ importKind, source, specifiers }) => {
      add(importKind === 'type' ? 'type' : 'static', source.value);
      if (!impureModules.test(source.value)) return;
      for (const specifier of specifiers) {
        const name =
          specifier.type === 'ImportSpecifier' && 'name' in specifier.imported ? specifier.imported.name : '*';
        if (impureNames.test(name)) impure.push(`${source.value} ${name}`);
      }
    },
    ExportNamedDeclaration: ({ exportKind, source }) => {
      if (source !== null) add(exportKind === 'type' ? 'type' : 'static', source.value);
    },
    ExportAllDeclaration: ({ exportKind, source }) => add(exportKind === 'type' ? 'type' : 'static', source.value),
    ImportExpression: ({ source }) => add('dynamic', literal(source)),
    TSImportType: ({ source }) => add('type', source.value),
    CallExpression: ({ callee, arguments: args }) => {
      if (callee.type === 'Identifier' && callee.name === 'require') add('static', literal(args[0]));
      if (callee.type === 'Identifier' && impureGlobals.includes(callee.name)) impure.push(callee.name);
    },
    MemberExpression: (node) => {
      if (node.computed || node.object.type !== 'Identifier' || node.property.type !== 'Identifier') return;
      const name = `${node.object.name}.${node.property.name}`;
      if (impureMembers.includes(name) || impureGlobals.includes(node.object.name)) impure.push(name);
    },
    NewExpression: ({ callee, arguments: args }) => {
      if (callee.type === 'Identifier' && callee.name === 'Date' && args.length === 0) impure.push('new Date()');
    },
  }).visit(program);

  return { path, imports, impure };
};

const walk = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));

/** The inspector's page is a program for browsers, bundled by the build; test/inspector/page-sources.test.ts looks at it. */
const forBrowsers = (path: string): boolean => path.startsWith('src/inspector/page/');

/** The paths of the package's modules for Node, from the root. */
export const sourcePaths = (): string[] =>
  ['machines', 'fixes', 'src']
    .flatMap(walk)
    .filter((path) => !forBrowsers(path))
    .sort();

/** Every module of the package, by its path from the root. */
export const readSources = (): ReadonlyMap<string, Source> =>
  new Map(sourcePaths().map((path) => [path, parseSource(path, readFileSync(join(root, path), 'utf8'))]));

/** Everything that is loaded, files, packages and built-ins, once `entry` is. */
export const loadedWith = (sources: ReadonlyMap<string, Source>, entry: string): ReadonlySet<string> => {
  const seen = new Set<string>([entry]);
  for (const path of seen) {
    for (const { kind, target } of sources.get(path)?.imports ?? []) if (kind === 'static') seen.add(target);
  }
  return seen;
};

/** The rings among the sources, each as the files on the way round; none is what one wants to see. */
export const findRings = (sources: ReadonlyMap<string, Source>): string[][] => {
  const rings: string[][] = [];
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): void => {
    const start = way.indexOf(path);
    if (start >= 0) rings.push([...way.slice(start), path]);
    if (start >= 0 || done.has(path)) return;
    for (const { target } of sources.get(path)?.imports ?? []) if (sources.has(target)) visit(target, [...way, path]);
    done.add(path);
  };
  for (const path of sources.keys()) visit(path, []);
  return rings;
};

// Writes a report of the public API for each entry of package.json `exports` to api/. With --check it writes nothing and
// fails if a report differs. The reports are made from the declarations in dist/.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = join(root, 'api');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const reported = { logLevel: 'none', addToApiReportFile: true };
const ignored = { logLevel: 'none', addToApiReportFile: false };

const configure = (entry, types, temp) =>
  ExtractorConfig.prepare({
    packageJsonFullPath: join(root, 'package.json'),
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: join(root, types),
      compiler: { tsconfigFilePath: join(root, 'tsconfig.json') },
      newlineKind: 'lf',
      apiReport: {
        enabled: true,
        reportFileName: `${basename(entry === '.' ? manifest.name : entry)}.api.md`,
        reportFolder: temp,
        reportTempFolder: join(temp, 'temp'),
        // The options of healflow.yaml are inferred from a schema that is not exported. This way they are in the report.
        includeForgottenExports: entry === '.',
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: 'error' } },
        extractorMessageReporting: {
          default: reported,
          'ae-missing-release-tag': ignored,
          // The report marks these by itself; the message would add line numbers, which change with every edit.
          'ae-undocumented': ignored,
        },
        tsdocMessageReporting: { default: reported },
      },
    },
  });

/** Every entry's report as [file name, text]; the root comes first. */
const extractAll = (temp) => {
  mkdirSync(join(temp, 'temp'));
  const configs = Object.entries(manifest.exports)
    .filter(([, { types }]) => types !== undefined)
    .map(([entry, { types }]) => configure(entry, types, temp));
  const compilerState = CompilerState.create(configs[0], {
    additionalEntryPoints: configs.map((config) => config.mainEntryPointFilePath),
  });
  return configs.map((config) => {
    const { errorCount } = Extractor.invoke(config, {
      compilerState,
      localBuild: true,
      messageCallback: (message) => {
        if (message.logLevel !== 'error') message.handled = true;
      },
    });
    if (errorCount > 0) throw new Error(`the report ${basename(config.reportFilePath)} could not be made`);
    return [basename(config.reportFilePath), readFileSync(config.reportFilePath, 'utf8')];
  });
};

/** What the root uses and does not export, on purpose. */
const unexported = new Set(['configSchema']);

const namesIn = (report) =>
  new Set(
    [...report.matchAll(/^export (?:type|interface|class|const|function|enum) (\w+)/gm)].map(
      ([, exported]) => exported,
    ),
  );

/** Drops the warnings that these names are not exported, and returns which of them the report uses. */
const withoutWarnings = (report, names) => {
  const used = new Set();
  const lines = [];
  for (const line of report.split('\n')) {
    const forgotten = /\(ae-forgotten-export\) The symbol "(\w+)"/.exec(line)?.[1];
    if (names.has(forgotten)) used.add(forgotten);
    // An empty comment line separates the warnings from "(undocumented)" or "@public".
    else if (line.trim() !== '//' || lines.at(-1)?.trim().startsWith('// Warning')) lines.push(line);
  }
  const text = lines.join('\n').replace(/\/\/ Warnings were encountered during analysis:\n(?:\/\/\n)?\n/, '');
  return { text, used: [...used].sort() };
};

/**
 * Replaces the warning that an entry does not export a type of the root by an import, as a user would write it: the
 * extractor does not know that a package can have several entries.
 */
const importFromRoot = (report, rootNames) => {
  const { text, used } = withoutWarnings(report, rootNames);
  if (used.length === 0) return text;
  return text.replace('```ts\n', `\`\`\`ts\n\nimport type { ${used.join(', ')} } from 'healflow';`);
};

const makeReports = () => {
  mkdirSync(join(root, '.cache'), { recursive: true });
  const temp = mkdtempSync(join(root, '.cache/api-'));
  try {
    const [[rootReport, rootText], ...others] = extractAll(temp);
    const rootNames = namesIn(rootText);
    return new Map([
      [rootReport, withoutWarnings(rootText, unexported).text],
      ...others.map(([name, text]) => [name, importFromRoot(text, rootNames)]),
    ]);
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
};

/** Prints what a report calls undocumented or not exported. */
const findGaps = (reports) => {
  const gaps = [...reports].flatMap(([name, text]) =>
    text
      .split('\n')
      .flatMap((line, at) =>
        /\(undocumented\)|\/\/ Warning/.test(line) ? [`api/${name}:${at + 1}: ${line.trim()}`] : [],
      ),
  );
  if (gaps.length === 0) return;
  console.error(`${gaps.join('\n')}\nDocument and export what these lines name.`);
  process.exitCode = 1;
};

const write = (reports) => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  for (const [name, text] of reports) writeFileSync(join(folder, name), text);
  console.log(`${reports.size} reports written to api/`);
};

/** Prints the difference between a committed report and the fresh one. */
const showDifference = (name, text) => {
  const temp = mkdtempSync(join(root, '.cache/api-'));
  try {
    const fresh = join(temp, name);
    writeFileSync(fresh, text);
    const args = ['diff', '--no-index', '--no-color', '--unified=2', '--', join(folder, name), fresh];
    const { stdout } = spawnSync('git', args, { encoding: 'utf8' });
    console.error(`api/${name} differs:\n${stdout.slice(stdout.indexOf('\n@@') + 1)}`);
  } finally {
    rmSync(temp, { recursive: true, force: true });
  }
};

const check = (reports) => {
  const committed = existsSync(folder) ? readdirSync(folder) : [];
  const missing = [...reports.keys()].filter((name) => !committed.includes(name));
  const left = committed.filter((name) => !reports.has(name));
  const changed = [...reports].filter(
    ([name, text]) => committed.includes(name) && readFileSync(join(folder, name), 'utf8') !== text,
  );
  for (const name of missing) console.error(`api/${name} is missing`);
  for (const name of left) console.error(`api/${name} belongs to no entry of package.json "exports"`);
  for (const [name, text] of changed) showDifference(name, text);
  if (missing.length + left.length + changed.length === 0) {
    console.log(`the public API is the one in the ${reports.size} reports of api/`);
    return;
  }
  console.error('The public API has changed. If that is intended, run "npm run api" and commit api/ with the change.');
  process.exitCode = 1;
};

const reports = makeReports();
findGaps(reports);
if (process.argv.includes('--check')) check(reports);
else write(reports);

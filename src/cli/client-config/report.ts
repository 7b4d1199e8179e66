import type { Redact } from '../../model/diagnosis.ts';
import { printable, printableJson } from '../../text/sanitize.ts';
import type { Io } from '../io.ts';
import { diffLines } from './diff.ts';
import type { Launcher } from './entry.ts';
import { maskEntry } from './mask.ts';
import type { Change } from './plan.ts';

/** The applied or planned changes of a file. */
export interface FileReport {
  readonly path: string;
  readonly written: boolean;
  readonly changes: readonly Change[];
}

const colours: Readonly<Record<string, number>> = { '-': 31, '+': 32 };

const textOf = ({ server, change, left }: Change, redact: Redact, coloured: boolean): string[] => {
  if (change === null) return [`  ${printable(server)}: left as it is: ${printable(left ?? '')}`];
  const shown = (entry: Change['change'] & object): string[] =>
    [entry.before, entry.after].map((one) => printableJsonLines(JSON.stringify(maskEntry(one, redact), null, 2)));
  const [before = '', after = ''] = shown(change);
  const paint = (line: string): string => {
    const colour = coloured ? colours[line[0] ?? ''] : undefined;
    return colour === undefined ? line : `\u001b[${colour}m${line}\u001b[39m`;
  };
  return [`  ${printable(server)}:`, ...diffLines(before, after).map(paint)];
};

const printableJsonLines = (json: string): string => json.split('\n').map(printableJson).join('\n');

/** Formats the changes as a diff with secrets masked. */
export const reportText = (reports: readonly FileReport[], redact: Redact, { stdout, env }: Io): string => {
  const coloured = stdout.isTTY === true && (env.NO_COLOR ?? '') === '';
  const lines = reports.flatMap(({ path, changes }) =>
    changes.length === 0 ? [] : [printable(path), ...changes.flatMap((change) => textOf(change, redact, coloured))],
  );
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
};

/** Formats the changes as one JSON object. */
export const reportJson = (reports: readonly FileReport[], redact: Redact): string => {
  const files = reports.map(({ path, written, changes }) => ({
    path,
    written,
    servers: changes.map(({ server, change, left }) => ({
      server,
      changed: change !== null,
      ...(change === null
        ? { reason: left }
        : { before: maskEntry(change.before, redact), after: maskEntry(change.after, redact) }),
    })),
  }));
  return `${printableJson(JSON.stringify({ files }))}\n`;
};

/** Returns an example of a client's file with one server. */
export const exampleOf = (key: string, { command, args }: Launcher): string =>
  JSON.stringify(
    {
      [key]: {
        everything: { command, args: [...args, 'proxy', '--', 'npx', '-y', '@modelcontextprotocol/server-everything'] },
      },
    },
    null,
    2,
  );

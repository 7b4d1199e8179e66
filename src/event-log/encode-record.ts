import type { Redact } from '../model/diagnosis.ts';
import type { HealingEvent, LoggedFix } from './event.ts';
import { jsonString, yamlSafe } from './yaml-string.ts';

/** The longest record, in bytes, its last newline included: what one `write` puts down in one piece. */
export const maxRecordBytes = 4096;

/** No text is looked at beyond this many characters. */
const maxScannedCharacters = 65_536;

/** What a text may take in the file, in bytes; 256 where nothing is said. Together the documented six always fit. */
const textBytes: Readonly<Record<string, number>> = {
  timestamp: 64,
  tool: 512,
  error: 1536,
  fix_applied: 128,
  result: 64,
  refusal_reason: 600,
};
const maxFixesBytes = 1200;
const maxFixReasonBytes = 240;

/** What is left out of a record that is too long: the first of these first. `run_id` and `kind` stay: they frame it. */
const droppedFirst = [
  'refusal_reason',
  'pid',
  'pattern',
  'fixes',
  'refusal',
  'duration_ms',
  'attempts',
  'class',
  'outcome',
  'sig',
];

/** Values that no one can choose freely, so that nothing in them needs masking. */
const fixedWords = new Set(['timestamp', 'result', 'run_id', 'class', 'sig', 'outcome', 'args', 'digest', 'kind']);

const encodeFix = (
  { fix, status, ms, shared, chosen_by: chosenBy, reason }: LoggedFix,
  redact: Redact,
  reasonBytes: number,
): string => {
  const flags = `${shared === true ? ',"shared":true' : ''}${chosenBy === 'probe' ? ',"chosen_by":"probe"' : ''}`;
  const words = `{"fix":${jsonString(fix, 128)},"status":${jsonString(status, 64)},"ms":${JSON.stringify(ms)}${flags}`;
  if (reason === undefined || reasonBytes === 0) return `${words}}`;
  return `${words},"reason":${jsonString(redact(reason.slice(0, maxScannedCharacters)), reasonBytes)}}`;
};

/** The fixes as a list on one line: all of them without reasons where those are too long, else the last ones. */
const encodeFixes = (fixes: readonly LoggedFix[], redact: Redact): string => {
  const room = maxFixesBytes - 2;
  const full = fixes.map((fix) => encodeFix(fix, redact, maxFixReasonBytes));
  const size = (parts: readonly string[]) => parts.reduce((sum, part) => sum + Buffer.byteLength(part) + 1, 0);
  if (size(full) <= room) return `[${full.join(',')}]`;
  const bare = fixes.map((fix) => encodeFix(fix, redact, 0));
  while (size(bare) > room) bare.shift();
  return `[${bare.join(',')}]`;
};

const encodeValue = (name: string, value: unknown, redact: Redact): string => {
  if (typeof value === 'string') {
    const text = value.slice(0, maxScannedCharacters);
    return jsonString(fixedWords.has(name) ? text : redact(text), textBytes[name] ?? 256);
  }
  if (name === 'fixes' && Array.isArray(value)) return encodeFixes(value as LoggedFix[], redact);
  return yamlSafe(JSON.stringify(value) ?? 'null');
};

const join = (lines: ReadonlyMap<string, string>): string => {
  const body = [...lines.values()].join('    ');
  return `  - ${body}`;
};

/**
 * Writes a record: one entry of a YAML list, each value on one line as JSON, masked, at most 4096 bytes.
 *
 * Over-long texts are cut; where that is not enough, whole fields are left out, the least important first.
 */
export const encodeRecord = (fields: object, redact: Redact): string => {
  const lines = new Map<string, string>();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) lines.set(name, `${name}: ${encodeValue(name, value, redact)}\n`);
  }
  let record = join(lines);
  for (const name of droppedFirst) {
    if (Buffer.byteLength(record) <= maxRecordBytes) break;
    if (lines.delete(name)) record = join(lines);
  }
  return record;
};

/** Writes a healing event, the six documented fields first and `kind`, which closes the record, last. */
export const encodeEvent = (event: HealingEvent, redact: Redact): string => {
  const { timestamp, tool, error, fix_applied, result, retry_count, kind, ...more } = event;
  return encodeRecord({ timestamp, tool, error, fix_applied, result, retry_count, ...more, kind }, redact);
};

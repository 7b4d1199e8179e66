import type { RawRecord } from '../event-log/native-record.ts';
import { isRecord } from '../text/is-record.ts';
import type { LearningRecord } from './model.ts';

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isMs: Check = (value) => typeof value === 'number' && Number.isFinite(value) && value >= 0;
const isMsIfAny: Check = (value) => value === undefined || isMs(value);
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const isSignatureId: Check = (value) => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value);
const isDigest: Check = (value) => value === null || (typeof value === 'string' && /^[0-9a-f]{8,64}$/.test(value));
const isTimestamp: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));

const isOneOf = (...values: readonly unknown[]): Check => {
  const allowed = new Set(values);
  return (value) => allowed.has(value);
};

const isResult = isOneOf('failed', 'succeeded', 'unknown');

const isAction: Check = (value) =>
  isRecord(value) && Object.keys(value).length === 1 && (isText(value.use) || isTexts(value.run));

const everywhere = { timestamp: isTimestamp, tool: isText, sig: isSignatureId, args: isDigest };
const common = { ...everywhere, window_ms: isMs };

/** What each kind of record must have. */
const checks: Readonly<Record<LearningRecord['kind'], Readonly<Record<string, Check>>>> = {
  recovered: { ...common, between: isTexts },
  still_failing: { ...common, between: isTexts },
  repaired: {
    ...common,
    action: isAction,
    incomplete: isOneOf(undefined, true),
    checked: isOneOf('call', 'probe', null),
    before: isResult,
    after: isResult,
    limit_ms: isMsIfAny,
  },
  trial: {
    ...common,
    lesson: isText,
    mode: isOneOf('run', 'shadow', 'control'),
    after: isResult,
    needless: isOneOf(undefined, true, false),
    digest: (value) => value === undefined || isDigest(value),
    approved_at: (value) => value === undefined || isTimestamp(value),
  },
  noted: { ...everywhere, note: isText },
};

/** Makes a record of repairs of a record as read; null if it is not whole, or makes no sense. */
export const toLearningRecord = (raw: RawRecord): LearningRecord | null => {
  const { kind } = raw;
  if (typeof kind !== 'string' || !Object.hasOwn(checks, kind)) return null;
  const fields = checks[kind as LearningRecord['kind']];
  return Object.entries(fields).every(([name, isValid]) => isValid(raw[name]))
    ? (raw as unknown as LearningRecord)
    : null;
};

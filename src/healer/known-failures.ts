import { hasBegun } from '../model/begun.ts';
import type { Diagnosis, Redact, ToolOutput } from '../model/diagnosis.ts';
import { isProof } from '../model/proof.ts';

/** How long a diagnosis is kept, in ms: the failures of one moment. A wait until a time of day is hardly different by then. */
const keptMs = 250;
const maxKept = 32;
const maxKeyLength = 4_096;
const maxDepth = 4;
const maxMembers = 32;

/** For each prototype of an error, its name if nothing but the error's own members tells two of them apart. */
const errorNames = new WeakMap<object, string | null>();

const nameOfPrototype = (prototype: object): string | null => {
  const known = errorNames.get(prototype);
  if (known !== undefined) return known;
  let name: string | null = null;
  for (let one: object | null = prototype; one !== null && one !== Object.prototype; one = Object.getPrototypeOf(one)) {
    const members = Object.getOwnPropertyDescriptors(one);
    const isPlain = Reflect.ownKeys(members).every(
      (key) =>
        key === 'constructor' ||
        key === 'message' ||
        key === 'toString' ||
        typeof members[`${String(key)}`]?.value === 'string',
    );
    if (!isPlain) {
      name = null;
      break;
    }
    if (one === prototype) name = String((prototype as Error).name);
  }
  errorNames.set(prototype, name);
  return name;
};

/** Appends what a value consists of; false if it is not made of plain data alone. */
const describe = (value: unknown, parts: string[], depth: number): boolean => {
  if (value === undefined) return parts.push('u') > 0;
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return parts.push(String(value)) > 0;
  if (typeof value === 'string') return value.length <= maxKeyLength && parts.push(`${value.length}:`, value) > 0;
  if (typeof value !== 'object' || depth > maxDepth || isProof(value) || hasBegun(value)) return false;
  if (Object.getOwnPropertySymbols(value).length > 0) return false;
  const isError = value instanceof Error;
  const prototype: object | null = Object.getPrototypeOf(value);
  const isArray = Array.isArray(value);
  if (isError) {
    const name = prototype === null ? null : nameOfPrototype(prototype);
    if (name === null) return false;
    parts.push('E', name);
  } else if (isArray ? prototype !== Array.prototype : prototype !== Object.prototype && prototype !== null)
    return false;
  const keys = Object.getOwnPropertyNames(value);
  if (keys.length > maxMembers) return false;
  parts.push(isArray ? '[' : '{');
  for (const key of keys) {
    if (isError ? key === 'stack' : isArray && key === 'length') continue;
    parts.push(key, ' ');
    if (!describe((value as Record<string, unknown>)[key], parts, depth + 1)) return false;
  }
  return parts.push('}') > 0;
};

/** What two outputs must have in common to be diagnosed alike; null if that cannot be told. */
const keyOf = ({ tool, channel, value, error }: ToolOutput): string | null => {
  const parts = [tool, '\n', channel];
  try {
    if (!describe(channel === 'exception' ? error : value, parts, 0)) return null;
  } catch {
    return null;
  }
  const key = parts.join('');
  return key.length > maxKeyLength ? null : key;
};

/**
 * Diagnoses a failure once that many calls meet at one moment. Only for outputs of plain data that are equal. What is shown of the
 * failure is masked again, as a new secret may be known by now.
 */
export const rememberDiagnoses = (
  diagnose: (output: ToolOutput) => Diagnosis,
  { redact, now }: { readonly redact: Redact; readonly now: () => number },
): ((output: ToolOutput) => Diagnosis) => {
  const kept = new Map<string, { readonly diagnosis: Diagnosis; readonly at: number }>();
  const isStillMasked = ({ summary, evidence, remainder }: Diagnosis): boolean =>
    redact(summary) === summary &&
    redact(evidence) === evidence &&
    (remainder === null || redact(remainder.text) === remainder.text);
  return (output) => {
    const key = keyOf(output);
    if (key === null) return diagnose(output);
    const at = now();
    const known = kept.get(key);
    // A copy, as a run tells its failures apart by their identity.
    if (known !== undefined && at - known.at < keptMs && isStillMasked(known.diagnosis)) return { ...known.diagnosis };
    const diagnosis = diagnose(output);
    kept.delete(key);
    kept.set(key, { diagnosis, at });
    const [oldest] = kept.keys();
    if (kept.size > maxKept && oldest !== undefined) kept.delete(oldest);
    return diagnosis;
  };
};

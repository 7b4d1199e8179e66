import type { RunOutcome, RunReport } from '../model/run.ts';

/** The attributes of a span or measurement. */
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

/** Drops undefined attributes. */
export const known = (facts: Facts): Record<string, string | number | boolean> =>
  Object.fromEntries(
    Object.entries(facts).filter((fact): fact is [string, string | number | boolean] => fact[1] !== undefined),
  );

const isNumberCode = (code: unknown): code is number => typeof code === 'number' && Number.isSafeInteger(code);
const short = /^[\w.-]{1,60}$/;

/**
 * Returns the type of a thrown error: a JSON-RPC or HTTP code, a Node.js error code, or its class name. Never its
 * message, which would have high cardinality.
 */
export const errorTypeOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return '_OTHER';
  const { code, status, name } = error as { code?: unknown; status?: unknown; name?: unknown };
  if (isNumberCode(code)) return String(code);
  if (typeof code === 'string' && short.test(code)) return code;
  if (isNumberCode(status)) return String(status);
  return typeof name === 'string' && short.test(name) ? name : '_OTHER';
};

/** Returns the JSON-RPC code of a thrown error; undefined if it has none. */
export const rpcCodeOf = (error: unknown): string | undefined => {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return isNumberCode(code) ? String(code) : undefined;
};

/** The error type of a failed result, named by the semantic conventions for MCP. */
export const toolError = 'tool_error';

/** Returns the error type of an outcome; undefined if it succeeded. */
export const failureOf = (outcome: RunOutcome<unknown>): string | undefined => {
  if (outcome.ok) return undefined;
  return outcome.thrown ? errorTypeOf(outcome.error) : toolError;
};

/** Returns the attributes of a run, each with low cardinality. */
export const healingFacts = ({ status, attempts, kind, diagnosis, refusal }: RunReport): Facts => ({
  'healflow.outcome': status,
  'healflow.attempts': attempts,
  'healflow.tool.kind': kind,
  'healflow.class': diagnosis?.class,
  'healflow.pattern': diagnosis?.pattern,
  'healflow.refusal': refusal?.code,
});

/** Returns the last failure in one redacted line. */
export const descriptionOf = ({ lastDiagnosis, diagnosis }: RunReport): string =>
  (lastDiagnosis ?? diagnosis)?.summary ?? '';

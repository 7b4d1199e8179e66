import type { RunOutcome, RunReport } from '../model/run.ts';

/** What a span or a measurement is marked with. */
export type Facts = Readonly<Record<string, string | number | boolean | undefined>>;

/** The facts that are known. */
export const known = (facts: Facts): Record<string, string | number | boolean> =>
  Object.fromEntries(
    Object.entries(facts).filter((fact): fact is [string, string | number | boolean] => fact[1] !== undefined),
  );

const isNumberCode = (code: unknown): code is number => typeof code === 'number' && Number.isSafeInteger(code);
const short = /^[\w.-]{1,60}$/;

/**
 * The kind of a thrown error in few words: a JSON-RPC or HTTP code, a code of Node's, or the name of its class. Never its
 * message, which is different each time.
 */
export const errorTypeOf = (error: unknown): string => {
  if (typeof error !== 'object' || error === null) return '_OTHER';
  const { code, status, name } = error as { code?: unknown; status?: unknown; name?: unknown };
  if (isNumberCode(code)) return String(code);
  if (typeof code === 'string' && short.test(code)) return code;
  if (isNumberCode(status)) return String(status);
  return typeof name === 'string' && short.test(name) ? name : '_OTHER';
};

/** The JSON-RPC code of a thrown error; undefined if it has none. */
export const rpcCodeOf = (error: unknown): string | undefined => {
  const code = typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
  return isNumberCode(code) ? String(code) : undefined;
};

/** What a failed result counts as, as the conventions for MCP name it. */
export const toolError = 'tool_error';

/** The kind of the failure that an outcome ends with; undefined if it went well. */
export const failureOf = (outcome: RunOutcome<unknown>): string | undefined => {
  if (outcome.ok) return undefined;
  return outcome.thrown ? errorTypeOf(outcome.error) : toolError;
};

/** What is told of a run, of few different values each. */
export const healingFacts = ({ status, attempts, kind, diagnosis, refusal }: RunReport): Facts => ({
  'healflow.outcome': status,
  'healflow.attempts': attempts,
  'healflow.tool.kind': kind,
  'healflow.class': diagnosis?.class,
  'healflow.pattern': diagnosis?.pattern,
  'healflow.refusal': refusal?.code,
});

/** The last failure in one redacted line. */
export const descriptionOf = ({ lastDiagnosis, diagnosis }: RunReport): string =>
  (lastDiagnosis ?? diagnosis)?.summary ?? '';

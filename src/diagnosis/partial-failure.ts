import { readName, wordsOf } from '../policy/suggest-kind/name.ts';
import { possibleEffect } from '../policy/suggest-kind/verbs.ts';
import { errorBody } from './error-body.ts';
import { isObject, read } from './facts.ts';

const maxItems = 64;

/** Words of tools that act, beside the verbs of a change: one call is several steps. */
const manySteps = new Set(['batch', 'bulk', 'composite', 'mutation', 'multi', 'multicast', 'many', 'transaction']);
/** What a tool shows whose job is to report trouble. */
const reported = new Set(
  'checker crawler scanner linter monitor validator tester prober auditor watcher analyzer analyser inspector spider verifier log logs logtail history report reports audit health healthz status probe monitor alert alerts event events incident incidents error errors job jobs list query search export stats dashboard page docs test tests trace traces'.split(
    ' ',
  ),
);

/** What the name of a tool says about trouble in its results: that it is its own, that it is data, or nothing. */
export const roleOf = (tool: string): 'acts' | 'reports' | 'unknown' => {
  const words = wordsOf(tool);
  const { read: reads, write } = readName(tool);
  if (reads !== undefined && write === undefined) return 'reports';
  if (reported.has(words.at(-1) ?? '')) return 'reports';
  const acts = write !== undefined || words.some((word) => manySteps.has(word));
  return acts || possibleEffect(words.at(-1) ?? '') !== undefined ? 'acts' : 'unknown';
};

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const isFailing = (value: unknown): boolean => typeof value === 'number' && value >= 400 && value <= 599;

const some = (body: object, keys: readonly string[], test: (value: unknown) => boolean): boolean =>
  keys.some((key) => test(read(body, key)));

/** Whether an object is the error of one step: an error body, or a code or a failing status with words. */
const isErrorPart = (part: unknown): part is object => {
  if (!isObject(part) || Array.isArray(part)) return false;
  if (errorBody(part) === 'error') return true;
  if (
    some(
      part,
      ['status', 'statusCode', 'httpStatusCode', 'http', 'code', 'status_code', 'Status', 'StatusCode', 'Code'],
      isFailing,
    )
  )
    return true;
  if (some(part, ['ok', 'success'], (value) => value === false)) return true;
  if (some(part, ['ErrorCode', 'errorCode', 'error_code', 'errcode', 'ErrorMessage'], isText)) return true;
  const named = some(part, ['code', 'Code', 'name', 'type', 'category'], isText);
  return named && some(part, ['message', 'Message', 'description'], isText);
};

const hasError = (part: unknown): part is object =>
  isObject(part) &&
  (isErrorPart(part) ||
    some(part, ['error', 'err', 'exception'], (value) => isText(value) || isErrorPart(value)) ||
    // Bulk responses name the action: `{"index": {"status": 429, "error": …}}`.
    (Object.keys(part).length === 1 &&
      Object.values(part).some(
        (only) => isObject(only) && (isFailing(read(only, 'status')) || isObject(read(only, 'error'))),
      )));

/** A number other than 0 at the place of an error code. */
const isFailingCode = (part: unknown): boolean =>
  isObject(part) &&
  some(part, ['ErrorCode', 'errorCode', 'error_code'], (code) => typeof code === 'number' && code !== 0);

const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) && value.length > 0 && value.length <= maxItems ? value : [];

/** Whether the errors of a GraphQL response, which name a place in the query, are beside its data. */
const isGraphql = (body: object, errors: readonly unknown[]): boolean =>
  read(body, 'data') !== undefined &&
  errors.every(
    (error) =>
      isObject(error) && isText(read(error, 'message')) && some(error, ['path', 'extensions', 'locations'], isObject),
  );

const failureCount =
  /^(?:num|total|number)?_?(?:of)?_?(?:errors?|failed|failures?)\w{0,8}_?(?:count)?$|failed\w{0,8}count$/i;

const countsFailures = (body: object): boolean =>
  Object.entries(body)
    .slice(0, maxItems)
    .some(([key, value]) => failureCount.test(key) && ((typeof value === 'number' && value > 0) || value === true));

const failedList = /^(?:failed|failures|rejected|unprocessed|not_?\w+|failed_?(?:items|entries|records)|errors?)$/i;
const doneList =
  /^(?:success\w*|ok|done|results?|records|items|deleted|created|updated|accepted|inserted|posted|sent|added|imported|processed|moved|removed|copied|uploaded)$/i;

/** Why an action ended before its end, in members that a finished record does not have. */
const stopped = [
  'error',
  'problem',
  'Problem',
  'Error',
  'stopped_by',
  'stopped_because',
  'stop_reason',
  'aborted_by',
  'abort_reason',
  'halted_by',
  'failure',
  'failed_with',
];
const unprocessed = /^(?:unprocessed|undelivered|unsent|rejected|skipped)_?\w*$/i;
const identity = /^(?:id|.*_id|.*Id|name|key|uid|number|iid|slug|job|run|task)$/;
const state = /^(?:state|status|phase|result|outcome|conclusion|stage)$/i;
const earlier = /^(?:last|prev|previous|recent|past|first|old|history|example|sample|default)/i;

const isRecord = (keys: readonly string[]): boolean =>
  keys.some((key) => identity.test(key)) && keys.some((key) => state.test(key));

/** The errors of steps that are in lists of a body. */
const failedSteps = (body: object, acts: boolean): readonly object[] => {
  const keys = Object.keys(body).slice(0, maxItems);
  const counted = countsFailures(body);
  const found = keys.flatMap((key) => {
    const items = listOf(read(body, key));
    const isFailedList = failedList.test(key) && items.every((item) => isObject(item));
    const failing = isFailedList ? items.filter(isObject) : items.filter(hasError);
    if (failing.length === 0) return [];
    const besideDone = keys.some((other) => other !== key && doneList.test(other));
    return counted || (isFailedList && (acts || besideDone)) || acts ? failing : [];
  });
  return found.slice(0, 8);
};

/** The error that ended an action, beside what it had done. */
const stopReason = (body: object, acts: boolean): readonly object[] => {
  const keys = Object.keys(body).filter((key) => !stopped.includes(key));
  if (keys.length > 16 || (!acts && keys.some((key) => identity.test(key)))) return [];
  const isCut = keys.some((one) => unprocessed.test(one) && Object.keys(Object(read(body, one))).length > 0);
  const named = isCut ? [...stopped, 'reason', 'lastError', 'last_error', 'message'] : stopped;
  const key = named.find((one) => isText(read(body, one)) || isErrorPart(read(body, one)));
  return key === undefined ? [] : [{ ...body, error: read(body, key) }];
};

/** The error of one step that is a member of its own: `{"transfer": {…}, "notify": {"error": …}}`. */
const stepErrors = (body: object): readonly object[] =>
  Object.entries(body)
    .slice(0, maxItems)
    .flatMap(([key, value]) => {
      if (!isObject(value) || Array.isArray(value) || earlier.test(key)) return [];
      const isStep = hasError(value) && Object.keys(value).length <= 6 && !isRecord(Object.keys(value));
      return isStep ? [value] : [];
    });

/** The list of attempts of a call that failed in the end, and what an attempt says of itself. */
const attemptLists = ['attempts', 'tries', 'retries', 'attempt_log'];
const outcomes = ['error', 'outcome', 'result', 'reason', 'message', 'status'];

/** The last attempt of a body that says of itself that it failed. */
const lastAttempt = (body: object): readonly object[] => {
  if (!some(body, ['ok', 'success', 'succeeded'], (value) => value === false)) return [];
  const last = attemptLists.flatMap((key) => listOf(read(body, key)).slice(-1))[0];
  const told = isObject(last) ? outcomes.map((key) => read(last, key)).find(isText) : last;
  return isText(told) ? [{ error: told }] : [];
};

/**
 * The errors inside a body that is no error as a whole: some steps succeeded, others failed. A tool that lists, reads or reports
 * has errors of others in its results, so only what the shape of the body makes plain counts for it.
 */
export const partialFailures = (body: object, tool: string): readonly object[] => {
  if (Array.isArray(body)) {
    // A batch of JSON-RPC.
    if (body.length > maxItems) return [];
    if (body.every((item) => isObject(item) && read(item, 'jsonrpc') === '2.0')) {
      return body.filter((item) => isObject(read(item, 'error')));
    }
    return roleOf(tool) === 'acts' ? body.filter((item) => hasError(item) || isFailingCode(item)) : [];
  }
  const errors = listOf(read(body, 'errors'));
  if (errors.length > 0 && isGraphql(body, errors)) return errors.filter(isObject).slice(0, 8);
  const role = roleOf(tool);
  const attempt = role === 'reports' ? [] : lastAttempt(body);
  if (role === 'reports' || attempt.length > 0) return attempt;
  const acts = role === 'acts';
  const steps = failedSteps(body, acts);
  if (steps.length > 0) return steps;
  const reason = stopReason(body, acts);
  return reason.length > 0 || !acts ? reason : stepErrors(body);
};

const maxText = 2_000;

/** All texts in a value, one a line: what it says, if it says it in members that no rule knows. */
export const textsIn = (value: unknown, depth = 0): string => {
  if (typeof value === 'string') return value;
  if (!isObject(value) || depth > 5) return '';
  let text = '';
  for (const member of Object.values(value).slice(0, maxItems)) {
    const more = textsIn(member, depth + 1);
    if (more !== '') text += `${text === '' ? '' : '\n'}${more}`;
    if (text.length > maxText) break;
  }
  return text.slice(0, maxText);
};

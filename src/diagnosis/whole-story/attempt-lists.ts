import { isObject, read } from '../facts.ts';

/** Lists of what each attempt ended with. */
const listName = /^(?:attempts?|tries|retries|log|logs|history|attempt_?(?:log|errors|history))$/i;

/** A member that numbers an attempt. */
const numbering = /^(?:n|no|nr|num|number|attempt|attempt_?(?:no|number)|try|index|i)$/i;

/** What an attempt ended with if nothing of it can have been carried out. */
const turnedAway =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|getaddrinfo|refused|no such host|name (?:or service not known|resolution)|connect(?:ion)? time(?:d )?-?out|connect ETIMEDOUT|unreachable|unauthori[sz]ed|\b4(?:01|29)\b|too many requests|rate limit/i;

const textOf = (entry: unknown): string => (typeof entry === 'string' ? entry : (JSON.stringify(entry) ?? ''));

/** Whether a list has only attempts of which nothing can have been carried out. */
const isTurnedAway = (list: readonly unknown[]): boolean => list.every((entry) => turnedAway.test(textOf(entry)));

/**
 * The attempts of a list without their numbers, if these are those of all attempts; the list itself if its entries have no numbers, and
 * null if what became of one of several attempts is not known.
 */
export const attemptsIn = (list: readonly unknown[], name: string): readonly unknown[] | null => {
  if (!listName.test(name) || list.length === 0) return list;
  if (list.length > 1 && !isTurnedAway(list)) return null;
  const [first] = list;
  if (!isObject(first) || first instanceof Error) return list;
  const key = Object.keys(first).find((one) => numbering.test(one));
  if (key === undefined) return list;
  const isAll = list.every((entry, index) => isObject(entry) && read(entry, key) === index + 1);
  return isAll && isTurnedAway(list)
    ? list.map((entry) => Object.fromEntries(Object.entries(entry as object).filter(([one]) => one !== key)))
    : list;
};

/** Whether a member tells how many attempts there were. */
export const countsAttempts = (name: string, value: unknown): boolean =>
  /^(?:attempts?|tries|retries|attempt_?count)$/i.test(name) && typeof value === 'number';

/** Whether a body lists as many attempts, none of which can have been carried out. */
export const isCountOf = (count: unknown, body: unknown): boolean =>
  isObject(body) &&
  Object.entries(body).some(
    ([name, list]) => listName.test(name) && Array.isArray(list) && list.length === count && isTurnedAway(list),
  );

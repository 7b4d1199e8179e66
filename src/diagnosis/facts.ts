/** What an output says in a form for programs: the codes, statuses, messages and headers at the places where they are expected. */
export interface Facts {
  /** Error codes and names, the outermost first. */
  readonly codes: string[];
  /** HTTP statuses of 400 and above, the outermost first. */
  readonly statuses: number[];
  readonly messages: string[];
  /** Response headers: a plain object, a `Headers`, or pairs. */
  readonly headers: object[];
  /** Error bodies, for what they say of waiting. */
  readonly bodies: object[];
}

export const newFacts = (): Facts => ({ codes: [], statuses: [], messages: [], headers: [], bodies: [] });

/** Reads a property of anything; a getter or proxy that throws has none. */
export const read = (object: object, key: string): unknown => {
  try {
    return (object as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
};

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const maxFacts = 32;
const maxCode = 80;
const maxMessage = 8_000;

const push = <T>(list: T[], item: T): void => {
  if (list.length < maxFacts && !list.includes(item)) list.push(item);
};

/** Adds a number that is at the place of a code: an HTTP status, a JSON-RPC code or nothing known. */
export const addNumber = (facts: Facts, value: number): void => {
  if (!Number.isInteger(value)) return;
  if (value >= 400 && value <= 599) push(facts.statuses, value);
  else if (value <= -32_000 && value >= -32_768) push(facts.codes, String(value));
};

export const addCode = (facts: Facts, value: string): void => {
  if (value.length <= maxCode) push(facts.codes, value);
};

export const addMessage = (facts: Facts, value: string): void => {
  if (value.length > 0) push(facts.messages, value.length > maxMessage ? value.slice(0, maxMessage) : value);
};

/** How a code of the operating system is kept if it came from a connection that had been made. */
export const connectedCode = (code: string): string => `connected ${code}`;

/** Whether a code came from a connection that had been made. */
export const isConnectedCode = (code: string): boolean => code.startsWith('connected ');

/** Adds what is at the place of a code, whatever its type: a number, a numeric text, a code word. */
export const addCodeValue = (facts: Facts, value: unknown): void => {
  if (typeof value === 'number') addNumber(facts, value);
  else if (typeof value === 'string' && value !== '') {
    if (/^-?\d{3,5}$/.test(value)) addNumber(facts, Number(value));
    if (/^[\w.:/#-]{2,80}$/.test(value)) addCode(facts, value);
    // A code and its finer code, as in `AuthFailure.TokenFailure`.
    const general = /^([A-Z][A-Za-z]{5,60})\.[A-Z]\w+$/.exec(value)?.[1];
    if (general !== undefined) addCode(facts, general);
    // Dropbox names the parts of an error, as in `path/not_found/..`.
    const part = /^[a-z_]+\/(?:[a-z_]+\/)*?([a-z_]+)\/?\.{0,3}$/.exec(value)?.[1];
    if (part !== undefined) addCode(facts, part);
  }
};

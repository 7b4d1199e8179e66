import type { Redact } from '../model/diagnosis.ts';
import { withoutInvisibles } from './decode.ts';
import { exactValues } from './exact.ts';
import { findKubeSecrets } from './kube-secret.ts';
import { findBelow } from './named/below.ts';
import { findNamed } from './named/index.ts';
import { findInTables } from './named/table.ts';
import { secretNameKind } from './names.ts';
import { findPrivateKeys } from './private-key.ts';
import { findShapes } from './shapes/index.ts';
import { type Detector, mask, maskSpans, type Span } from './spans.ts';
import { isFilePath, isOpaque, isPlaceholder, isProseWord } from './words.ts';

export { redactDeep } from './deep.ts';

/** Masks secrets in texts; new secrets can be added while it is in use. */
export interface Redactor extends Redact {
  /** Adds a value, such as a renewed token: it is masked from now on, in every common encoding. */
  remember(value: string): void;
}

export interface RedactorOptions {
  /** Exact values to be masked. */
  readonly values?: readonly string[];
  /** The environment whose credentials are masked, told by the names of the variables. @default process.env */
  readonly env?: NodeJS.ProcessEnv;
  /** Further variables that hold credentials. */
  readonly secretEnv?: readonly string[];
}

/** The longest text that is looked at, in characters; of a longer one, the beginning is kept. */
const maxTextLength = 1 << 20;
/** What is dropped before a cut, so that no secret is cut in two and no longer recognised. */
const cutMargin = 4_096;
const maxPasses = 5;
/** Texts up to this length, such as names and reasons, repeat often, so their results are cached. */
const shortText = 40;
const maxCleanTexts = 1_000;

/** Whether the value of a variable of this name is a credential, and long enough to be told from a word. */
const isCredential = (name: string, value: string): boolean => {
  const kind = secretNameKind(name);
  if (kind === null || value.trim().length < 6 || isProseWord(value) || isPlaceholder(value)) return false;
  if (isFilePath(value) || /^\d{1,7}$/.test(value) || /^(?:OLD)?PWD$/.test(name)) return false;
  return kind !== 'weak' || (value.length >= 12 && isOpaque(value));
};

const unknownSecrets: readonly Detector[] = [
  findPrivateKeys,
  findKubeSecrets,
  findNamed,
  findBelow,
  findInTables,
  findShapes,
];

/** Finds secrets that nobody declared, also in a text whose words are in colours: what is not seen is left out. */
const findUnknown: Detector = (text, add) => {
  for (const find of unknownSecrets) find(text, add);
  const plain = withoutInvisibles(text);
  if (plain === null) return;
  for (const find of unknownSecrets) {
    find(plain.text, (start, end, kind) => {
      const range = plain.toOriginal(start, end);
      add(range.start, range.end, kind);
    });
  }
};

const maskOnce = (text: string, detectors: readonly Detector[]): string => {
  const spans: Span[] = [];
  for (const find of detectors) find(text, (start, end, kind = '') => spans.push({ start, end, kind }));
  return spans.length === 0 ? text : maskSpans(text, spans);
};

const maskAll = (text: string, detectors: readonly Detector[]): string => {
  let before = text;
  for (let pass = 0; pass < maxPasses; pass += 1) {
    const after = maskOnce(before, detectors);
    // Nothing is left to be masked: masking the result again changes nothing.
    if (after === before) return after;
    before = after;
  }
  return mask();
};

/**
 * Makes a function that masks secrets in a text: exact values, the values of telling names, and the shapes of well-known
 * tokens. It never throws, takes time linear in the length of the text, and masking twice changes nothing more. Of texts
 * of more than 1 MiB the beginning is kept.
 *
 * `@secretlint/core` 11.7 with its recommended preset was measured for this (Node 20): it is asynchronous, which neither
 * the log nor an inspector's callback can wait for; it adds 50 ms and 4 MB to the start and 190 us per KB, against 20 to 50
 * here; and of ten tool outputs with a dummy secret each it let eight pass, since it does not look at names such as
 * `password=`. So the shapes are a table of our own, each with its source, an example and a counterexample.
 */
export const createRedactor = (options: RedactorOptions = {}): Redactor => {
  const env = options.env ?? process.env;
  const exact = exactValues();
  for (const value of options.values ?? []) exact.add(value);
  for (const name of options.secretEnv ?? []) exact.add(env[name] ?? '');
  for (const [name, value] of Object.entries(env)) {
    if (value !== undefined && isCredential(name, value)) exact.add(value);
  }
  const detectors = [exact.find, findUnknown];
  /** Short texts in which nothing was found: they need no second look until a new value is to be masked. */
  const clean = new Set<string>();
  const maskShort = (text: string): string => {
    if (clean.has(text)) return text;
    const masked = maskAll(text, detectors);
    if (masked === text) {
      if (clean.size >= maxCleanTexts) clean.clear();
      clean.add(text);
    }
    return masked;
  };
  const redact = (text: string): string => {
    try {
      const whole = String(text);
      if (whole.length <= shortText) return maskShort(whole);
      if (whole.length <= maxTextLength) return maskAll(whole, detectors);
      const kept = maskAll(whole.slice(0, maxTextLength), detectors);
      return `${kept.slice(0, Math.max(0, kept.length - cutMargin))} [${whole.length - maxTextLength} more characters]`;
    } catch {
      return mask();
    }
  };
  const remember = (value: string): void => {
    clean.clear();
    exact.add(value);
  };
  return Object.assign(redact, { remember });
};

/**
 * Masks secrets and then cuts to at most `max` characters, in this order, so that half a secret never slips through. A
 * text that was cut ends in `…`.
 */
export const redactAndCut = (text: string, max: number, redact: Redact): string => {
  const window = max + 16 * cutMargin;
  const whole = text.length <= window;
  const masked = redact(whole ? text : text.slice(0, window));
  const kept = whole ? masked : masked.slice(0, Math.max(0, masked.length - cutMargin));
  if (whole && kept.length <= max) return kept;
  const cut = kept.slice(0, Math.max(0, max - 1));
  // A surrogate pair is not torn.
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`.slice(0, Math.max(0, max));
};

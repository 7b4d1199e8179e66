import type { AddSpan, Detector } from './spans.ts';
import { isOpaque } from './words.ts';

const base64Run = /[A-Za-z0-9+/=_-]/;

/** The part of a value's base64 form that stays the same wherever it begins within a group of three bytes. */
const base64Cores = (value: string): string[] => {
  const bytes = Buffer.from(value, 'utf8');
  return [0, 1, 2].flatMap((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // The first and the last characters also hold bits of the neighbours.
    const core = text.slice(shift === 0 ? 0 : shift + 1, (shift + bytes.length) % 3 === 0 ? undefined : -1);
    return core.length < 8 ? [] : [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
};

const html: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

const urlEncoded = (value: string): string => {
  try {
    return encodeURIComponent(value);
  } catch {
    // A lone surrogate.
    return value;
  }
};

/** The ways in which a value is written inside other text, itself the first. */
const formsOf = (value: string): string[] => {
  const json = JSON.stringify(value).slice(1, -1);
  // Go's encoding/json, and other encoders that care for HTML.
  const goJson = json.replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
  const url = urlEncoded(value);
  const strictUrl = url.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const lower = (text: string): string => text.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [
    value,
    json,
    goJson,
    JSON.stringify(json).slice(1, -1),
    JSON.stringify(goJson).slice(1, -1),
    url,
    strictUrl,
    lower(url),
    lower(strictUrl),
    strictUrl.replaceAll('%20', '+'),
    value.replace(/[&<>"']/g, (char) => html[char] as string),
    value.replaceAll("'", "'\\''"),
  ];
};

interface Needle {
  readonly text: string;
  /** Short values, and those like words, are masked only if they are alone: no other word is torn. */
  readonly alone: boolean;
  readonly base64: boolean;
}

const isWordChar = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char);

const isWholeWord = (text: string, start: number, end: number): boolean =>
  !(isWordChar(text[start]) && isWordChar(text[start - 1])) && !(isWordChar(text[end - 1]) && isWordChar(text[end]));

const findNeedle = (text: string, needle: Needle, add: AddSpan): void => {
  let done = 0;
  for (let at = text.indexOf(needle.text); at >= 0; at = text.indexOf(needle.text, done)) {
    let start = at;
    let end = at + needle.text.length;
    if (needle.base64) {
      while (start > done && base64Run.test(text[start - 1] as string)) start -= 1;
      while (end < text.length && base64Run.test(text[end] as string)) end += 1;
    }
    done = end;
    if (!needle.alone || isWholeWord(text, start, end)) add(start, end);
  }
};

/** Exact values to be masked, in every form in which they may be written. */
export interface ExactValues {
  /** Masks this value from now on. Values of fewer than 3 characters are too common to be masked. */
  readonly add: (value: string) => void;
  readonly find: Detector;
}

const maxValues = 1_000;
const maxValueLength = 65_536;

/** Keeps the exact values of secrets and finds them again. */
export const exactValues = (): ExactValues => {
  const needles = new Map<string, Needle>();
  const values = new Set<string>();
  return {
    add: (value) => {
      const trimmed = value.trim();
      if (trimmed.length < 3 || trimmed.length > maxValueLength || values.size >= maxValues) return;
      if (values.has(trimmed) || /^\[redacted/.test(trimmed)) return;
      values.add(trimmed);
      const alone = trimmed.length < 8 || (trimmed.length < 16 && !isOpaque(trimmed));
      for (const text of formsOf(trimmed)) needles.set(text, { text, alone, base64: false });
      if (trimmed.length >= 8)
        for (const text of base64Cores(trimmed)) needles.set(text, { text, alone: false, base64: true });
    },
    find: (text, add) => {
      for (const needle of needles.values()) findNeedle(text, needle, add);
    },
  };
};

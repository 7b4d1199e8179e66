import { decode } from './decode.ts';
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
    return core.length < 6 ? [] : [core, core.replaceAll('+', '-').replaceAll('/', '_')];
  });
};

/** A value in hexadecimal. */
const hexForms = (value: string): string[] => {
  const hex = Buffer.from(value, 'utf8').toString('hex');
  return [hex, hex.toUpperCase()];
};

/** How many encodings a value may have around it, such as JSON within JSON within a URL. */
const maxLayers = 4;

/** A value as it is, and as it is once what looks like an escape in it has been decoded, as it will be in a text. */
const plainForms = (value: string): string[] => {
  const forms = [value, JSON.stringify(value).slice(1, -1)];
  for (let layer = 0, text = value; layer < maxLayers; layer += 1) {
    const decoded = decode(text);
    if (decoded === null) break;
    text = decoded.text;
    if (text.length >= 3) forms.push(text);
  }
  // Forms and many query strings write a space as a plus.
  return forms.flatMap((form) => (form.includes(' ') ? [form, form.replaceAll(' ', '+')] : [form]));
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

/** Whether a place was not found already in the text that this one was decoded from. */
type IsNew = (start: number, end: number) => boolean;

const findNeedle = (text: string, needle: Needle, isNew: IsNew, add: AddSpan): void => {
  let done = 0;
  for (let at = text.indexOf(needle.text); at >= 0; at = text.indexOf(needle.text, done)) {
    let start = at;
    let end = at + needle.text.length;
    done = end;
    if (!isNew(start, end)) continue;
    if (needle.base64) {
      while (start > 0 && base64Run.test(text[start - 1] as string)) start -= 1;
      while (end < text.length && base64Run.test(text[end] as string)) end += 1;
      done = end;
    }
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

/** Keeps the exact values of secrets and finds them again, also below a few layers of encodings. */
export const exactValues = (): ExactValues => {
  const needles = new Map<string, Needle>();
  const values = new Set<string>();
  const findIn = (text: string, isNew: IsNew, add: AddSpan): void => {
    for (const needle of needles.values()) findNeedle(text, needle, isNew, add);
  };
  return {
    add: (value) => {
      const trimmed = value.trim();
      if (trimmed.length < 3 || trimmed.length > maxValueLength || values.size >= maxValues) return;
      if (values.has(trimmed) || /^\[redacted/.test(trimmed)) return;
      values.add(trimmed);
      const alone = trimmed.length < 8 || (trimmed.length < 16 && !isOpaque(trimmed));
      const addForms = (forms: readonly string[], rest: Omit<Needle, 'text'>): void => {
        for (const text of forms) if (!needles.has(text)) needles.set(text, { text, ...rest });
      };
      addForms(plainForms(trimmed), { alone, base64: false });
      if (trimmed.length < 6) return;
      addForms(hexForms(trimmed), { alone: false, base64: false });
      addForms(base64Cores(trimmed), { alone: false, base64: true });
    },
    find: (text, add) => {
      if (needles.size === 0) return;
      findIn(text, () => true, add);
      let toText: AddSpan = add;
      for (let layer = 0, current = text; layer < maxLayers; layer += 1) {
        const decoded = decode(current);
        if (decoded === null) return;
        const below = toText;
        toText = (start, end, kind) => {
          const range = decoded.toOriginal(start, end);
          below(range.start, range.end, kind);
        };
        const isNew: IsNew = (start, end) => {
          const range = decoded.toOriginal(start, end);
          return range.end - range.start !== end - start;
        };
        current = decoded.text;
        findIn(current, isNew, toText);
      }
    },
  };
};

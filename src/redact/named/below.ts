import type { AddSpan, Detector } from '../spans.ts';
import { isRandom, looksSecret } from '../words.ts';
import { type Name, nextName } from './name.ts';

const newline = String.raw`(?:\r?\n|(?:\\r)?\\n)`;
/** A line that announces what is on the next one, which is a single word. */
const announced = new RegExp(
  String.raw`(?::|=|\b(?:is|was))[*_"'\x60]{0,3}[ \t]{0,40}(?:${newline}[ \t]{0,40}){1,3}(?:[>|│*-][ \t]{1,20})?["'\x60]?` +
    String.raw`([^\s"'\x60\\|│<>]{6,500})(?=["'\x60]?[ \t|│]{0,40}(?:${newline}|["']|$))`,
  'g',
);

const passphrase = /^[a-z]{3,}(?:[-_][a-z\d]{2,}){2,}$|^(?=.{10})[A-Za-z]*[a-z][A-Z][A-Za-z]*$/i;

/** The last name of a secret in the line before `at`. */
const nameBefore = (text: string, at: number): { name: Name; direct: boolean } | null => {
  const before = text.slice(Math.max(0, at - 200), at);
  const line = before.split(/\n|\\n/).at(-1) as string;
  let last: Name | null = null;
  for (let name = nextName(line, 0); name !== null; name = nextName(line, name.end)) last = name;
  if (last === null || last.kind === 'weak' || last.kind === 'header') return null;
  return { name: last, direct: /^["'\x60*_\]]{0,4}\s*(?:(?:is|was)\s*)?$/.test(line.slice(last.end)) };
};

const isSecretBelow = (name: Name, direct: boolean, value: string): boolean => {
  // The key of a map, or the end of a sentence.
  if (/[:,;]$/.test(value)) return false;
  if (!direct) return looksSecret(value, 12) && isRandom(value);
  if (name.kind !== 'password') return looksSecret(value, 10);
  return looksSecret(value, 6) || passphrase.test(value);
};

/** A name that is the whole line, as a heading, and what stands alone below it. */
const heading = new RegExp(
  String.raw`[*_"'\x60]{0,3}[ \t]{0,40}${newline}(?:[-=─]{3,200}${newline})?[ \t]{0,40}["'\x60]?` +
    String.raw`([^\s"'\x60\\|│<>]{6,500})(?=["'\x60]?[ \t|│]{0,40}(?:${newline}|["']|$))`,
  'y',
);

/** Masks what stands alone below a name that is a heading. */
export const addBelowHeading = (text: string, name: Name, add: AddSpan): void => {
  heading.lastIndex = name.end;
  const value = heading.exec(text)?.[1];
  if (value === undefined || name.kind === 'weak' || name.kind === 'header' || /[:,;]$/.test(value)) return;
  if (!looksSecret(value, name.kind === 'password' ? 8 : 16) || !isRandom(value)) return;
  add(heading.lastIndex - value.length, heading.lastIndex);
};

/** Finds secrets that stand alone on the line below the one that names them. */
export const findBelow: Detector = (text: string, add: AddSpan) => {
  for (const match of text.matchAll(announced)) {
    const [whole, value = ''] = match;
    const before = nameBefore(text, match.index);
    if (before === null || !isSecretBelow(before.name, before.direct, value)) continue;
    const end = match.index + whole.length;
    add(end - value.length, end);
  }
};

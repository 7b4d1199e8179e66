import { readFileSync } from 'node:fs';

/** A text of a corpus with random characters filled in. */
export interface CorpusText {
  readonly name: string;
  readonly text: string;
  /** What must not be shown of it. */
  readonly secrets: readonly string[];
}

const digits = '0123456789';
const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const alphabets: Readonly<Record<string, string>> = {
  hex: `${digits}abcdef`,
  HEX: `${digits}ABCDEF`,
  dec: digits,
  letters: lower + upper,
  b62: digits + lower + upper,
  b64: `${digits}${lower}${upper}+/`,
  b64url: `${digits}${lower}${upper}-_`,
  B36: digits + upper,
  low36: digits + lower,
  b32: `${upper}234567`,
  low32: `${lower}234567`,
  // Kubernetes leaves vowels and some digits out of the names that it makes.
  lowv: 'bcdfghjklmnpqrstvwxz2456789',
  nix: '0123456789abcdfghijklmnpqrsvwxyz',
  ulid: '0123456789ABCDEFGHJKMNPQRSTVWXYZ',
};
const words = ['amber', 'castle', 'river', 'walnut', 'harbor', 'meadow', 'copper', 'violin', 'thunder', 'maple'];

/** Numbers from 0 up to, not including, 1; the same for the same seed (mulberry32). */
const randomFrom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
};

const fill = (template: string, random: () => number): string => {
  const pick = (from: ArrayLike<string>): string => from[Math.floor(random() * from.length)] as string;
  const chars = (alphabet: string, length: number): string => Array.from({ length }, () => pick(alphabet)).join('');
  const uuid = (): string => {
    const hex = (length: number): string => chars(alphabets.hex as string, length);
    return `${hex(8)}-${hex(4)}-4${hex(3)}-${pick('89ab')}${hex(3)}-${hex(12)}`;
  };
  return template.replace(/<([A-Za-z]+\d{0,2}|low36|b64url)(?: (\d+))?>/g, (whole, kind: string, length?: string) => {
    const count = Number(length ?? '26');
    if (kind === 'uuid') return uuid();
    if (kind === 'UUID') return uuid().toUpperCase();
    if (kind === 'ulid') return `01${chars(alphabets.ulid as string, 24)}`;
    if (kind === 'word') return pick(words);
    if (kind === 'pw')
      return `${pick(words)}${chars(digits, 2)}${pick('!#*-_.')}${chars(alphabets.b62 as string, 4)}7q`;
    if (kind === 'hexc') return Array.from({ length: count }, () => chars(alphabets.hex as string, 2)).join(':');
    const alphabet = length === undefined ? undefined : alphabets[kind];
    return alphabet === undefined ? whole : chars(alphabet, count);
  });
};

/** Reads a corpus beside this file; the same seed gives the same texts. */
export const readCorpus = (file: string, seed: number): CorpusText[] =>
  readFileSync(new URL(file, import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line, index) => {
      const [, name = '', template = ''] = /^([^:]+): (.*)$/.exec(line) ?? [];
      const marked = fill(template.replaceAll('⏎', '\n').replaceAll('⇥', '\t'), randomFrom(seed * 1_000 + index));
      const secrets = [...marked.matchAll(/«(.*?)»/gs)].map(([, secret = '']) => secret);
      return { name, text: marked.replace(/[«»]/g, ''), secrets };
    });

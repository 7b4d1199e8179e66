import type { AddSpan, Detector } from '../spans.ts';
import { cloudRules } from './clouds.ts';
import { codeHostRules } from './code-hosts.ts';
import { commandRules } from './commands.ts';
import { genericRules } from './generic.ts';
import { prefixedRules } from './prefixed.ts';
import type { ShapeRule } from './rule.ts';
import { serviceRules } from './services.ts';

/** Every shape that is masked wherever it is. */
export const shapeRules: readonly ShapeRule[] = [
  ...codeHostRules,
  ...cloudRules,
  ...serviceRules,
  ...prefixedRules,
  ...commandRules,
  ...genericRules,
];

const isRare = ({ common, hints }: ShapeRule): boolean => common !== true && hints.length > 0;
const rareRules = shapeRules.filter(isRare);
const commonRules = shapeRules.filter((rule) => !isRare(rule));

/** One look at a text for all hints that ordinary text does not hold: cheaper than a look for each. */
const rareHints = new RegExp(
  rareRules
    .flatMap(({ hints }) => hints)
    .map((hint) => hint.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('|'),
);

/** What may be before a word without being a part of it, though it ends in a letter or digit: the escapes of JSON and URLs. */
const escapeBefore = /(?:\\[nrt]|%[0-9A-Fa-f]{2}|\\u[0-9A-Fa-f]{4})$/;

const startsWord = (text: string, at: number): boolean =>
  at === 0 || !/[A-Za-z0-9]/.test(text[at - 1] as string) || escapeBefore.test(text.slice(Math.max(0, at - 6), at));

const find = (rule: ShapeRule, text: string, add: AddSpan): void => {
  const { id, pattern, bounded, accept } = rule;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const start = match.index + (match[1]?.length ?? 0);
    const end = match.index + match[0].length;
    if (bounded === true && !startsWord(text, start)) continue;
    if (end > start && (accept?.(text.slice(start, end)) ?? true)) add(start, end, id);
  }
};

const findAll = (rules: readonly ShapeRule[], text: string, add: AddSpan): void => {
  for (const rule of rules) {
    if (rule.hints.length === 0 || rule.hints.some((hint) => text.includes(hint))) find(rule, text, add);
  }
};

/** Finds secrets by their shape. */
export const findShapes: Detector = (text, add) => {
  findAll(commonRules, text, add);
  if (rareHints.test(text)) findAll(rareRules, text, add);
};

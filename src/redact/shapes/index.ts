import type { Detector } from '../spans.ts';
import { cloudRules } from './clouds.ts';
import { codeHostRules } from './code-hosts.ts';
import { genericRules } from './generic.ts';
import type { ShapeRule } from './rule.ts';
import { serviceRules } from './services.ts';

/** Every shape that is masked wherever it stands. */
export const shapeRules: readonly ShapeRule[] = [...codeHostRules, ...cloudRules, ...serviceRules, ...genericRules];

/** Finds secrets by their shape. */
export const findShapes: Detector = (text, add) => {
  for (const { id, hints, pattern, accept } of shapeRules) {
    if (!hints.some((hint) => text.includes(hint))) continue;
    pattern.lastIndex = 0;
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const start = match.index + (match[1]?.length ?? 0);
      const end = match.index + match[0].length;
      if (end > start && (accept?.(text.slice(start, end)) ?? true)) add(start, end, id);
    }
  }
};

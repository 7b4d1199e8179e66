import type { Knowledge } from './knowledge.ts';

/** Of how many failures that a lesson saw in the shadow how many ended without its fix; null if it saw none. */
export const shadowOf = (
  name: string,
  { failures }: Pick<Knowledge, 'failures'>,
): { readonly needless: number; readonly of: number } | null => {
  let [needless, of] = [0, 0];
  for (const { lessons } of failures) {
    const shadow = lessons.find((lesson) => lesson.name === name)?.shadow;
    needless += shadow?.needless ?? 0;
    of += shadow?.of ?? 0;
  }
  return of === 0 ? null : { needless, of };
};

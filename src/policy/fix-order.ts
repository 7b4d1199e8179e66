import type { Diagnosis } from '../model/diagnosis.ts';
import type { DiagnosisClass, FixName } from '../model/terms.ts';
import { anyGlobTest } from './glob.ts';

/** The fixes that a tool may be bound to, by the class of the failures that they heal. */
const bindable: Readonly<Partial<Record<DiagnosisClass, readonly FixName[]>>> = {
  auth: ['kube_login', 'token_refresh'],
};

/** Builds the test whether `tools:` lists bind a fix to a tool; one that has `*` binds it to none. */
export const bindingTest = (lists: readonly (readonly string[])[]): ((tool: string) => boolean) =>
  anyGlobTest(lists.flatMap((globs) => (globs.includes('*') ? [] : globs)));

/**
 * The order in which fixes are tried: first those that `tools:` globs bind to the tool, then the others that the wording
 * proposes. A binding only chooses between the fixes of a class: it adds none to a failure that no login heals. Pure.
 *
 * @param isBound - Whether a `tools:` list other than `*` names the tool for this fix.
 */
export const orderFixes = (
  { class: failureClass, fixes }: Pick<Diagnosis, 'class' | 'fixes'>,
  isBound: (fix: FixName) => boolean,
): readonly FixName[] => {
  const peers = bindable[failureClass];
  if (peers === undefined || !fixes.some((fix) => peers.includes(fix))) return fixes;
  const bound = [...new Set([...fixes, ...peers])].filter((fix) => peers.includes(fix) && isBound(fix));
  return bound.length === 0 ? fixes : [...bound, ...fixes.filter((fix) => !bound.includes(fix))];
};

/**
 * Whether a failure may be an outage that its text hides: a bare `fetch failed`, a timeout made of a refused connection, a
 * text that no pattern knows. The probe of `vpn_connect` knows better than its words. If the text names an outage itself,
 * the fix is proposed anyway; a server that died and a certificate say nothing about the network. Pure.
 */
export const mayHideOutage = ({
  failure,
  class: failureClass,
  subclass,
  pattern,
  fixes,
}: Pick<Diagnosis, 'failure' | 'class' | 'subclass' | 'pattern' | 'fixes'>): boolean => {
  if (!failure || fixes.includes('vpn_connect')) return false;
  if (failureClass === 'network') return fixes.length > 0 && subclass !== 'upstream_died';
  return pattern === 'unrecognised';
};

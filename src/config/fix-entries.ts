import { type BuiltInFixName, type FixName, isLessonFix, type OwnFixName } from '../model/terms.ts';
import type { Config } from './schema.ts';

type Fixes = Config['fixes'];
type OwnEntry = Fixes['own'][string][number];

/** One entry of a fix in the configuration, whichever fix it is. */
export type FixEntry =
  | Exclude<NonNullable<Fixes[BuiltInFixName]>, readonly unknown[] | false>
  | NonNullable<Fixes['kube_login' | 'token_refresh' | 'vpn_connect' | 'cache_clear']>[number]
  | OwnEntry;

const prefix = 'own:';

/** The name under which a command of `fixes.own` is proposed, logged and shown. */
export const ownName = (name: string): OwnFixName => `${prefix}${name}`;

/** The entries of the commands of `fixes.own`, by their names as fixes. */
export const ownEntries = ({ own }: Fixes): [OwnFixName, readonly OwnEntry[]][] =>
  Object.entries(own).map(([name, entries]) => [ownName(name), entries]);

/** One entry of a repair fix, and where it is in the configuration. */
export interface PlacedEntry {
  readonly name: FixName;
  readonly entry: NonNullable<Fixes['kube_login' | 'token_refresh' | 'vpn_connect' | 'cache_clear']>[number] | OwnEntry;
  readonly path: readonly (string | number)[];
}

const repairFixes = ['kube_login', 'token_refresh', 'vpn_connect', 'cache_clear'] as const;

/** The entries of all repair fixes. */
export const repairEntries = (fixes: Fixes): PlacedEntry[] => [
  ...repairFixes.flatMap((name) =>
    (fixes[name] ?? []).map((entry, index) => ({ name, entry, path: ['fixes', name, index] })),
  ),
  ...Object.entries(fixes.own).flatMap(([name, entries]) =>
    entries.map((entry, index) => ({ name: ownName(name), entry, path: ['fixes', 'own', name, index] })),
  ),
];

/** The entries that the configuration has for a fix; none if it is switched off or not there. */
export const entriesOfFix = (fixes: Fixes, name: FixName): readonly FixEntry[] => {
  if (isLessonFix(name)) return [];
  if (name.startsWith(prefix)) {
    const key = name.slice(prefix.length);
    return Object.hasOwn(fixes.own, key) ? (fixes.own[key] ?? []) : [];
  }
  const configured = fixes[name as BuiltInFixName];
  if (configured === undefined || configured === false) return [];
  return Array.isArray(configured) ? configured : [configured];
};

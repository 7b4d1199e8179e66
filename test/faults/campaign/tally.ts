import { markdown } from '../table.ts';
import type { Result } from './runners.ts';
import { isHarmless, type Kind, kinds, type Scenario } from './scenario.ts';

/** Whether a step took effect more than once. */
export const tookEffectTwice = ({ observed }: Result): boolean => observed.effects.some((count) => count > 1);

/** Whether anything took effect in the first attempt. */
const hadEffect = ({ failing, moment }: Scenario): boolean => failing > 0 || moment !== 'before';

/** Whether the call should be healed: repeating it does no harm, or its report is the whole story. */
export const isHealable = ({ kind, story }: Scenario): boolean =>
  isHarmless(kind) || story === 'proof' || (story === 'whole' && kind !== 'destructive');

export const nameOf = ({ call, kind, channel, story, place, steps, failing, moment, report }: Scenario): string =>
  `${call}: ${kind}, ${story}${place === null ? '' : `, words in ${place}`}, ${channel}: step ${failing + 1} of ` +
  `${steps.map(({ name }) => name).join(' > ')} fails ${moment} its effect: ${JSON.stringify(report)}`;

export const count = (all: readonly Result[], test: (result: Result) => boolean): number => all.filter(test).length;

/** The share of the calls that were healed, in per cent; null if there are none. */
export const healedPercent = (all: readonly Result[]): number | null =>
  all.length === 0 ? null : (100 * count(all, ({ observed }) => observed.ok)) / all.length;

/** The least share of the healable calls of an unannotated tool that has to be healed, in per cent. */
export const requiredPercent = 95;

/** Second effects that no tool which may change something may have; those of `bare` reports are counted on their own. */
export const secondEffects = (all: readonly Result[]): Result[] =>
  all.filter(
    (result) =>
      tookEffectTwice(result) &&
      (result.scenario.kind === 'destructive' ||
        (!isHarmless(result.scenario.kind) && result.scenario.story !== 'bare')),
  );

/** Calls that may have changed something and are reported as `failed`, as if they certainly had not. */
export const wronglyFailed = (all: readonly Result[]): string[] =>
  all
    .filter(({ scenario, observed }) => {
      const { kind, story } = scenario;
      const isCertain = observed.ok || story === 'bare' || isHarmless(kind) || !hadEffect(scenario);
      return !isCertain && observed.status === 'failed';
    })
    .map(({ scenario }) => nameOf(scenario));

/** Of what was healable for tools of a kind, the share that was healed, in per cent; null if there was nothing. */
export const healedOfHealable = (all: readonly Result[], kind: Kind): number | null =>
  healedPercent(all.filter(({ scenario }) => scenario.kind === kind && isHealable(scenario)));

/** What the campaign requires of healflow and does not hold. */
export const problemsOf = (all: readonly Result[]): string[] => [
  ...secondEffects(all).map(({ scenario }) => `second effect of ${nameOf(scenario)}`),
  ...wronglyFailed(all).map((name) => `reported as failed, although it took effect: ${name}`),
  ...(['unannotated', 'additive'] as const)
    .map((kind) => [kind, healedOfHealable(all, kind)] as const)
    .filter(([, healed]) => healed !== null && healed < requiredPercent)
    .map(([kind, healed]) => `${kind}: only ${percent(healed)} of the healable calls were healed`),
];

export const percent = (share: number | null): string => (share === null ? '-' : `${share.toFixed(1)} %`);

const ofKind = (all: readonly Result[], kind: Kind): Result[] => all.filter(({ scenario }) => scenario.kind === kind);

export interface Ran {
  readonly name: string;
  readonly all: readonly Result[];
}

/** Healed calls and second effects, for each kind of tool and each strategy. */
export const comparison = (strategies: readonly Ran[]): string => {
  const [first] = strategies;
  const rows = kinds.map((kind) => {
    const calls = ofKind(first?.all ?? [], kind);
    return [
      kind,
      String(calls.length),
      ...strategies.flatMap(({ all }) => {
        const own = ofKind(all, kind);
        const whole = own.filter(({ scenario }) => scenario.story === 'whole');
        return [percent(healedPercent(whole)), percent(healedPercent(own)), String(count(own, tookEffectTwice))];
      }),
    ];
  });
  const head = strategies.flatMap(({ name }) => [`${name}: healed of \`whole\``, 'healed of all', 'second effects']);
  return markdown(['tools', 'calls', ...head], rows);
};

/** How calls of tools that may change something ended, for each story. */
export const byStory = (all: readonly Result[]): string => {
  const groups = new Map<string, Result[]>();
  for (const result of all) {
    const { story, place } = result.scenario;
    const name = place === null ? story : `${story}: ${place}`;
    groups.set(name, [...(groups.get(name) ?? []), result]);
  }
  const cell = (group: readonly Result[], kind: Kind): string[] => {
    const own = ofKind(group, kind);
    return [`${count(own, ({ observed }) => observed.ok)} of ${own.length}`, String(count(own, tookEffectTwice))];
  };
  const shown: readonly Kind[] = ['additive', 'destructive', 'unannotated'];
  return markdown(
    ['report', ...shown.flatMap((kind) => [`${kind}: healed`, 'second effects'])],
    [...groups]
      .sort(([one], [other]) => one.localeCompare(other))
      .map(([name, group]) => [name, ...shown.flatMap((kind) => cell(group, kind))]),
  );
};

/** Second effects of calls whose report cannot be told from that of a call that did nothing, for each configuration. */
export const bareRows = (configurations: readonly Ran[]): string =>
  markdown(
    ['configuration', ...kinds],
    configurations.map(({ name, all }) => [
      name,
      ...kinds.map((kind) => `${count(ofKind(all, kind), tookEffectTwice)} of ${ofKind(all, kind).length}`),
    ]),
  );

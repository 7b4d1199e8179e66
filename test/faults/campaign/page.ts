import { compareInProcess, runBare, runProxies } from './campaign.ts';
import type { HealflowOptions } from './runners.ts';
import {
  bareRows,
  byStory,
  comparison,
  count,
  healedOfHealable,
  percent,
  problemsOf,
  type Ran,
  requiredPercent,
  secondEffects,
  tookEffectTwice,
} from './tally.ts';

export interface CampaignOptions {
  readonly create: HealflowOptions['create'];
  readonly folder: string;
  readonly seed: number;
  /** The number of calls in this process, through each proxy, and with bare reports. */
  readonly calls: { readonly inProcess: number; readonly proxied: number; readonly bare: number };
}

export interface CampaignPage {
  readonly section: string;
  /** Requirements that are not met. */
  readonly wrong: readonly string[];
  readonly data: object;
}

const summaryOf = ({ name, all }: Ran): string =>
  `- ${name}: ${all.length} calls, ${secondEffects(all).length} second effects of tools that may change something; ` +
  `healed of what was healable: unannotated ${percent(healedOfHealable(all, 'unannotated'))}, ` +
  `additive ${percent(healedOfHealable(all, 'additive'))}, destructive ${percent(healedOfHealable(all, 'destructive'))}.`;

/** No configuration may give a destructive tool a second effect, and each strict one protects the tools that it is for. */
const bareProblems = (rows: readonly Ran[]): string[] =>
  rows
    .filter(({ name }) => !['cockatiel', 'keywords'].includes(name))
    .flatMap(({ name, all }) => {
      const protectedKinds = {
        default: ['destructive'],
        '`unannotated: strict`': ['destructive', 'unannotated'],
        '`reports: strict`': ['destructive', 'unannotated', 'additive'],
      }[name] as readonly string[];
      const twice = count(all, (result) => protectedKinds.includes(result.scenario.kind) && tookEffectTwice(result));
      return twice === 0 ? [] : [`bare reports, ${name}: ${twice} second effects`];
    });

/** Runs the whole campaign, and writes its section of the result page. */
export const runCampaign = async ({ create, folder, seed, calls }: CampaignOptions): Promise<CampaignPage> => {
  const common = { create, folder, seed };
  const strategies = await compareInProcess({ ...common, count: calls.inProcess });
  const [healflow] = strategies;
  const proxied = await runProxies({ folder, seed, count: calls.proxied });
  const bare = await runBare({ ...common, count: calls.bare });
  const all = [healflow, ...proxied].flatMap((each) => [...each.all]);
  const wrong = [...problemsOf(all), ...bareProblems(bare)];
  const section = `${all.length} calls of tools with one to four steps, drawn with seed ${seed}. One step fails before, in or after its effect, and the tool reports it in
honest or misleading words. Required: no second effect of a tool that may change something, and at least ${requiredPercent} % of what was healable healed.

## Totals

${[{ ...healflow, name: 'in this process' }, ...proxied].map(summaryOf).join('\n')}

## By report

How the calls of tools that may change something ended, by what the report said:

${byStory(all)}

## Beside other retries

The same calls in this process with healflow, with cockatiel's retry of everything that throws or is marked as an error, and with a list of
words behind an is-it-an-error gate, which runs the same fixes as healflow and then retries. \`whole\` are calls of which nothing took effect and
whose report is a plain failure; of a read-only or an idempotent tool every call is healable, of a destructive one none.

${comparison(strategies)}

## Bare reports

Something took effect, and the report is a plain failure and not a word besides, such as \`connect ECONNREFUSED 10.0.0.1:443\` from the second step of a
tool: nobody can tell it from a call that did nothing. Calls with a second effect, of ${calls.bare} calls:

${bareRows(bare)}`;
  return { section, wrong, data: { strategies, proxied, bare } };
};

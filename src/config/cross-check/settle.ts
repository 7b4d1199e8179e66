import type { Problem } from '../problem.ts';
import type { Config } from '../schema.ts';

/** Finds fixes that could never end in time: they settle for longer than they may take. */
export const checkSettling = ({ fixes }: Config): Problem[] =>
  (['kube_login', 'token_refresh', 'vpn_connect', 'cache_clear'] as const).flatMap((name) =>
    (fixes[name] ?? []).flatMap(({ settleMs, timeoutMs }, index): Problem[] => {
      if (settleMs < timeoutMs) return [];
      const problem = `\`settleMs\` must be less than the \`timeoutMs\` of the fix, ${timeoutMs}`;
      return [{ path: ['fixes', name, index, 'settleMs'], problem, advice: 'raise `timeoutMs`' }];
    }),
  );

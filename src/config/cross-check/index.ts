import type { FixName } from '../../model/terms.ts';
import type { Problem } from '../problem.ts';
import type { Config } from '../schema.ts';
import { checkCacheClear, warnCacheClear } from './cache-clear.ts';
import { checkEach } from './entry.ts';
import { checkKubeLogin } from './kube-login.ts';
import { checkToolNames, warnHiddenEntries, warnHiddenTools } from './order.ts';
import { checkSettling } from './settle.ts';
import { checkShares, warnShares } from './share.ts';
import { checkTokenRefresh, warnTokenRefresh } from './token-refresh.ts';
import { warnVariableNames } from './variables.ts';

/** Finds what no single key shows: parts of a configuration that do not fit together. Fixes given as functions need no command. */
export const crossCheck = (config: Config, functions: readonly FixName[] = []): Problem[] => {
  const { kube_login, token_refresh, cache_clear } = config.fixes;
  const isFunction = (name: FixName): boolean => functions.includes(name);
  return [
    ...(isFunction('kube_login') ? [] : checkEach('kube_login', kube_login, checkKubeLogin)),
    ...(isFunction('token_refresh') ? [] : checkEach('token_refresh', token_refresh, checkTokenRefresh)),
    ...(isFunction('cache_clear') ? [] : checkEach('cache_clear', cache_clear, checkCacheClear)),
    ...checkSettling(config),
    ...checkShares(config, isFunction),
    ...checkToolNames(config),
  ];
};

/** Finds what works, but probably not as intended: rules that an earlier one hides, secrets in place of names, tokens and folders without effect. */
export const findWarnings = (config: Config): Problem[] => [
  ...warnHiddenTools(config),
  ...warnVariableNames(config),
  ...warnHiddenEntries(config),
  ...warnShares(config),
  ...checkEach('token_refresh', config.fixes.token_refresh, warnTokenRefresh),
  ...checkEach('cache_clear', config.fixes.cache_clear, warnCacheClear),
];

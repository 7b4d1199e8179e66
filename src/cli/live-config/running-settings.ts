import { isDeepStrictEqual } from 'node:util';
import type { LoadedConfig } from '../../config/load.ts';
import type { Config } from '../../config/schema.ts';

/** What a healer cannot change while calls are healed: its folders, its database and its telemetry. */
const healerSettings = ['memoryDir', 'stateDir', 'fleet', 'telemetry'] as const;

/** A configuration as it can be in force now. */
export interface RunningConfig {
  readonly loaded: LoadedConfig;
  /** The settings of the file that take effect after a restart, such as `proxy.hangMs`. */
  readonly later: readonly string[];
}

/**
 * Keeps what cannot change while the proxy runs.
 *
 * @param now The configuration that the proxy was started with.
 * @param hasHealed Whether anything was healed by it: if not, only the settings of the proxy itself are kept.
 */
export const keepRunning = (now: Config, next: LoadedConfig, hasHealed: boolean): RunningConfig => {
  const { config } = next;
  const kept: Pick<Config, (typeof healerSettings)[number]> = hasHealed ? now : config;
  const changed = (before: object, after: object): string[] =>
    [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
      (key) => !isDeepStrictEqual(Reflect.get(before, key), Reflect.get(after, key)),
    );
  const { http, ...proxy } = config.proxy;
  const { http: httpNow, ...proxyNow } = now.proxy;
  const later = [
    ...healerSettings.filter((key) => !isDeepStrictEqual(kept[key], config[key])),
    ...changed(proxyNow, proxy).map((key) => `proxy.${key}`),
    ...changed(httpNow, http).map((key) => `proxy.http.${key}`),
  ];
  const running = { ...config, telemetry: kept.telemetry, proxy: now.proxy };
  for (const key of ['memoryDir', 'stateDir', 'fleet'] as const) {
    // A member that is undefined is not equal to one that is absent.
    if (kept[key] === undefined) delete running[key];
    else Object.assign(running, { [key]: kept[key] });
  }
  return { loaded: { ...next, config: running }, later };
};

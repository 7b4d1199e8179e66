import { createFixCatalogue, type FixCatalogueOptions, isRefusal } from '../../fixes/catalogue.ts';
import { Limits } from '../limits/limits.ts';
import type { Random } from '../model/clock.ts';
import { createSharing } from '../sharing/index.ts';
import { Engine, type EngineHost } from './engine.ts';

export interface EngineOptions extends FixCatalogueOptions {
  readonly random: Random;
  readonly warn: (message: string) => void;
}

/** Makes the engine of a configuration, with its fixes and what they share with other processes. */
export const makeEngine = (options: EngineOptions, host: EngineHost): Engine => {
  const { config, baseDir, env, clock, random, warn } = options;
  const catalogue = createFixCatalogue(options);
  const sharing = createSharing({ configured: config.stateDir, env, cwd: baseDir, clock, random, warn });
  return new Engine(
    {
      limits: new Limits(config),
      sharing,
      selectFix: (name, call) => {
        const found = catalogue.select(name, call);
        return isRefusal(found) ? found : sharing.share(found);
      },
    },
    host,
  );
};

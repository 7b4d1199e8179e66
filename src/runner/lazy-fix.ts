import type { Fix, FixRules } from '../model/fix.ts';

/** The parts of a fix. */
export interface FixParts extends Pick<Fix, 'name' | 'key' | 'run'> {
  /** Describes it; called when the description is read, which is rare. */
  readonly describe: () => string;
  readonly rules?: FixRules | undefined;
  readonly refuse?: Fix['refuse'];
  readonly handover?: Fix['handover'];
}

/** A fix whose description is computed when it is read. */
export class LazyFix implements Fix {
  readonly name: Fix['name'];
  readonly key: string;
  declare readonly rules?: FixRules;
  declare readonly refuse?: Fix['refuse'];
  declare readonly handover?: Fix['handover'];
  readonly run: Fix['run'];
  readonly #describe: () => string;

  constructor({ name, key, run, describe, rules, refuse, handover }: FixParts) {
    this.name = name;
    this.key = key;
    this.run = run;
    if (rules !== undefined) this.rules = rules;
    if (refuse !== undefined) this.refuse = refuse;
    if (handover !== undefined) this.handover = handover;
    this.#describe = describe;
  }

  get description(): string {
    return this.#describe();
  }
}

/** The same fix with something else about it. */
export const withChanges = (fix: Fix, changes: Partial<Pick<FixParts, 'run' | 'rules' | 'refuse' | 'handover'>>): Fix =>
  new LazyFix({
    name: fix.name,
    key: fix.key,
    describe: () => fix.description,
    run: changes.run ?? fix.run,
    rules: changes.rules ?? fix.rules,
    refuse: changes.refuse ?? fix.refuse,
    handover: changes.handover ?? fix.handover,
  });

import type { Fix, FixRules } from '../model/fix.ts';

/** The parts of a fix. */
export interface FixParts extends Pick<Fix, 'name' | 'key' | 'run'> {
  /** Describes it; called when the description is read, which is rare. */
  readonly describe: () => string;
  readonly rules?: FixRules | undefined;
  readonly refuse?: Fix['refuse'];
  readonly handover?: Fix['handover'];
  readonly check?: Fix['check'];
  readonly chosenBy?: Fix['chosenBy'];
  readonly hasLapsed?: Fix['hasLapsed'];
}

/** A fix whose description is computed when it is read. */
export class LazyFix implements Fix {
  readonly name: Fix['name'];
  readonly key: string;
  declare readonly rules?: FixRules;
  declare readonly refuse?: Fix['refuse'];
  declare readonly handover?: Fix['handover'];
  declare readonly check?: Fix['check'];
  declare readonly chosenBy?: Fix['chosenBy'];
  declare readonly hasLapsed?: Fix['hasLapsed'];
  readonly run: Fix['run'];
  readonly #describe: () => string;

  constructor({ name, key, run, describe, rules, refuse, handover, check, chosenBy, hasLapsed }: FixParts) {
    this.name = name;
    this.key = key;
    this.run = run;
    if (rules !== undefined) this.rules = rules;
    if (refuse !== undefined) this.refuse = refuse;
    if (handover !== undefined) this.handover = handover;
    if (check !== undefined) this.check = check;
    if (chosenBy !== undefined) this.chosenBy = chosenBy;
    if (hasLapsed !== undefined) this.hasLapsed = hasLapsed;
    this.#describe = describe;
  }

  get description(): string {
    return this.#describe();
  }
}

/** The same fix with something else about it. */
export const withChanges = (fix: Fix, changes: Partial<Omit<FixParts, 'name' | 'key' | 'describe'>>): Fix =>
  new LazyFix({
    name: fix.name,
    key: fix.key,
    describe: () => fix.description,
    run: changes.run ?? fix.run,
    rules: changes.rules ?? fix.rules,
    refuse: changes.refuse ?? fix.refuse,
    handover: changes.handover ?? fix.handover,
    check: changes.check ?? fix.check,
    chosenBy: changes.chosenBy ?? fix.chosenBy,
    hasLapsed: changes.hasLapsed ?? fix.hasLapsed,
  });

import { type Command, Option } from 'commander';
import { closest } from '../config/suggest.ts';
import { repairableClasses } from '../learning/model.ts';
import { printable } from '../text/sanitize.ts';
import { setExitCode } from './exit-code.ts';

const unknownText = (wrong: string, { commands }: Command): string => {
  const meant = closest(
    wrong,
    commands.map((command) => command.name()),
  );
  return `error: unknown command '${printable(wrong)}'${meant === undefined ? '' : `: did you mean '${meant}'?`}`;
};

/** Adds `healflow learn` and `healflow backtest`. */
export const addLearnCommands = (program: Command): void => {
  const learn = program
    .command('learn')
    .description('show the failures in the log and what repairs them; make lessons of that')
    .option('--since <time>', 'only since then: 30m, 2h, 7d, 2026-02-04, 2026-02-04T10:30:00Z')
    .option('--tool <tool...>', 'only these tools; * matches any characters')
    .option('--memory <dir>', 'the memory folder')
    .option('--config <file>', 'the configuration file')
    .option('--json', 'write JSON')
    .allowExcessArguments()
    .action((options, { args: [wrong] }: Command) => {
      if (wrong !== undefined) learn.error(unknownText(wrong, learn), { exitCode: 2 });
      return setExitCode(import('./learn/learn.ts').then(({ learn: run }) => run(options)));
    });

  learn
    .command('show')
    .description('show all that is known of a failure, or of a lesson')
    .argument('<signature or name>', 'the signature of a failure, or its first digits; or the name of a lesson')
    .option('--memory <dir>', 'the memory folder')
    .option('--config <file>', 'the configuration file')
    .option('--pattern', 'show the regular expression of a lesson')
    .option('--json', 'write JSON')
    .action((what: string, options) => setExitCode(import('./learn/show.ts').then(({ show }) => show(what, options))));

  learn
    .command('propose')
    .description('write a lesson from what repaired a failure; it does nothing yet')
    .argument('<signature>', 'the signature of the failure, or its first digits')
    .option('--name <name>', 'the name of the lesson')
    .option('--run <number>', 'what was run, by its number in healflow learn show')
    .option('--use <fix>', 'a fix of the configuration, such as vpn_connect or own:NAME')
    .addOption(
      new Option('--class <class>', 'what kind of failure it is, if no pattern recognises it').choices(
        repairableClasses,
      ),
    )
    .option('--pattern', 'show the regular expression')
    .option('--memory <dir>', 'the memory folder')
    .option('--config <file>', 'the configuration file')
    .action((sig: string, options) =>
      setExitCode(import('./learn/propose.ts').then(({ propose }) => propose(sig, options))),
    );

  for (const [rung, description] of [
    ['proposed', 'stop a lesson without a reason, or take one back that was retired'],
    ['shadow', 'run nothing, and record whether the failure ends by itself'],
    ['ask', 'run the lesson after a person has agreed, each time'],
    ['auto', 'run the lesson without asking; needs odds of 100:1'],
    ['retire', 'stop a lesson; the file and the reason stay'],
  ] as const) {
    learn
      .command(rung)
      .description(description)
      .argument('<name>', 'the name of the lesson')
      .option('--reason <text>', rung === 'retire' ? 'why: required' : 'why')
      .option('--pattern', 'show the regular expression')
      .option('--memory <dir>', 'the memory folder')
      .option('--config <file>', 'the configuration file')
      .action((name: string, options) =>
        setExitCode(
          import('./learn/move.ts').then(({ move }) => move(name, rung === 'retire' ? 'retired' : rung, options)),
        ),
      );
  }

  program
    .command('backtest')
    .description('try lessons on the log, and on texts without a failure')
    .argument('[name or file]', 'one lesson, by its name or its file; all of them by default')
    .option('--healthy <file>', 'more texts without a failure, one on each line: as it is, or as JSON')
    .option('--memory <dir>', 'the memory folder')
    .option('--config <file>', 'the configuration file')
    .option('--json', 'write JSON')
    .action((target: string | undefined, options) =>
      setExitCode(import('./backtest.ts').then(({ backtest }) => backtest(target, options))),
    );
};

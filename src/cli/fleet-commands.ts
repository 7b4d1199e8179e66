import { type Command, Option } from 'commander';
import { setExitCode } from './exit-code.ts';

const caFile = (): Option => new Option('--ca-file <file>', 'the certificates that its TLS is verified against');

/** Adds `healflow fleet`. */
export const addFleetCommands = (program: Command): void => {
  const fleet = program
    .command('fleet')
    .description('set up and watch the database through which machines share fixes');

  fleet
    .command('migrate')
    .description('create or update the schema of healflow in a PostgreSQL database')
    .requiredOption('--url-env <name>', 'the environment variable that holds the URL of an administrator')
    .addOption(caFile())
    .action((options) => setExitCode(import('./fleet.ts').then(({ fleetMigrate }) => fleetMigrate(options))));

  fleet
    .command('status')
    .description('show whether the database responds, and which machines and leases there are')
    .option('--url-env <name>', 'the environment variable that holds its URL, in place of that of the configuration')
    .addOption(caFile())
    .option('--config <file>', 'the configuration file')
    .option('--json', 'write JSON')
    .action((options) =>
      setExitCode(import('./fleet.ts').then(({ fleetStatusCommand }) => fleetStatusCommand(options))),
    );

  fleet
    .command('approvals')
    .description('show which fixes wait for an approval: what would run, who asked, when it ends')
    .option('--url-env <name>', 'the environment variable that holds the URL of an approver or a reader')
    .addOption(caFile())
    .option('--config <file>', 'the configuration file')
    .option('--all', 'also those that are used or have expired')
    .option('--json', 'write JSON')
    .action((options) =>
      setExitCode(import('./fleet-approvals.ts').then(({ fleetApprovals }) => fleetApprovals(options))),
    );

  const decisions = [
    ['approve', 'let a fix run once: by the process that has asked, or at the next such failure on any machine'],
    ['deny', 'keep a fix from running for 24 hours'],
  ] as const;
  for (const [name, description] of decisions) {
    fleet
      .command(name)
      .description(description)
      .argument('<id>', 'the id of the question')
      .option('--url-env <name>', 'the environment variable that holds the URL of an approver')
      .addOption(caFile())
      .option('--config <file>', 'the configuration file')
      .option('--reason <text>', 'why')
      .action((id: string, options) =>
        setExitCode(
          import('./fleet-approvals.ts').then(({ fleetDecide }) => fleetDecide(id, name === 'approve', options)),
        ),
      );
  }

  const lessons = fleet
    .command('lessons')
    .description('show the lessons of the fleet, and how they fare on its machines')
    .addOption(caFile())
    .option('--config <file>', 'the configuration file')
    .option('--url-env <name>', 'the environment variable with the URL of a reader or an approver')
    .option('--json', 'write JSON')
    .action((options) => setExitCode(import('./fleet-lessons.ts').then(({ fleetLessons }) => fleetLessons(options))));

  lessons
    .command('list')
    .description('the same')
    .action((_options, command) =>
      setExitCode(import('./fleet-lessons.ts').then(({ fleetLessons }) => fleetLessons(command.optsWithGlobals()))),
    );

  lessons
    .command('publish')
    .description('publish a lesson of the folder lessons for all machines; asks on the terminal')
    .argument('<name>', 'the name of the lesson')
    .addOption(new Option('--rung <rung>', 'a lower rung than that of the file').choices(['shadow', 'ask', 'auto']))
    .option('--reason <text>', 'why')
    .action((name: string, _options, command) =>
      setExitCode(
        import('./fleet-lessons.ts').then(({ fleetPublish }) => fleetPublish(name, command.optsWithGlobals())),
      ),
    );

  lessons
    .command('retire')
    .description('stop a lesson on all machines')
    .argument('<name>', 'the name of the lesson')
    .requiredOption('--reason <text>', 'why')
    .action((name: string, _options, command) =>
      setExitCode(import('./fleet-lessons.ts').then(({ fleetRetire }) => fleetRetire(name, command.optsWithGlobals()))),
    );
};

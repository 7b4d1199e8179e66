import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { repairableClasses } from '../learning/model.ts';
import { channels, toolKinds } from '../model/terms.ts';
import { packageFile } from '../package-root.ts';
import { clientNames } from './client-config/clients.ts';
import { launchers } from './client-config/launcher.ts';
import { graphFormats } from './graph-formats.ts';

const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string };

const program = new Command('healflow')
  .description('Heals failing tool calls.')
  .version(version)
  .exitOverride()
  .showHelpAfterError('(Run "healflow --help" for all commands.)');

/** Each command module exports one function that resolves with the exit code; it is loaded on demand. */
const setExitCode = async (code: Promise<number>): Promise<void> => {
  process.exitCode = await code;
};

program
  .command('explain')
  .description('explain the diagnosis of TEXT, the fix, and whether the call would be retried')
  .argument('[text...]', 'the output of a tool; - reads standard input')
  .option('--tool <name>', 'the tool that returned it', 'tool')
  .addOption(new Option('--channel <channel>', 'how the tool returned it; isError by default').choices(channels))
  .addOption(new Option('--kind <kind>', 'show the decision for this kind of tool only').choices(toolKinds))
  .option('--config <file>', 'the configuration file')
  .option('--json', 'write JSON')
  .action((text: string[], options) =>
    setExitCode(import('./explain.ts').then(({ explain }) => explain(text, options))),
  );

program
  .command('classify')
  .description('read JSON Lines {id, tool, channel, text}, write one diagnosis per line')
  .option('--jsonl', 'the only supported format', true)
  .action(() => setExitCode(import('./classify.ts').then(({ classify }) => classify())));

program
  .command('log')
  .description('show the healing events')
  .option('--follow', 'keep showing new events until Ctrl-C')
  .option('--tool <tool...>', 'only these tools; * matches any characters')
  .option('--since <time>', 'only events since then: 30m, 2h, 7d, 2026-02-04, 2026-02-04T10:30:00Z')
  .option('-n, --lines <number>', 'only the last events (default with --follow: 10)')
  .option('--memory <dir>', 'the memory folder')
  .option('--config <file>', 'the configuration file')
  .option('--json', 'write JSON Lines')
  .option('--repair', 'set torn records aside, so that any YAML parser can read the log')
  .action((options) => setExitCode(import('./log.ts').then(({ log }) => log(options))));

program
  .command('stats')
  .description('show what was healed, by tool, class and fix')
  .option('--memory <dir>', 'the memory folder')
  .option('--config <file>', 'the configuration file')
  .option('--json', 'write JSON')
  .action((options) => setExitCode(import('./stats.ts').then(({ stats }) => stats(options))));

program
  .command('inspect')
  .description('show all runs on this machine, or one exported run')
  .argument('[file]', 'an exported run')
  .option('--port <number>', 'the port on 127.0.0.1', '0')
  .option('--memory <dir>', 'the memory folder')
  .option('--config <file>', 'the configuration file')
  .option(
    '--fleet-url-env <name>',
    'also show the fleet: the environment variable with the URL of a reader or an approver',
  )
  .action((file: string | undefined, options) =>
    setExitCode(import('./inspect.ts').then(({ inspect }) => inspect(file, options))),
  );

program
  .command('graph')
  .description('write the chart of a healing run')
  .addOption(new Option('--format <format>', 'the format').choices(graphFormats).default('mermaid'))
  .option('--json', 'the same as --format json')
  .action((options) => setExitCode(import('./graph.ts').then(({ graph }) => graph(options))));

program
  .command('check')
  .description('check the configuration and the patterns')
  .option('--config <file>', 'the configuration file')
  .option('--json', 'write JSON')
  .action((options) => setExitCode(import('./check.ts').then(({ check }) => check(options))));

program
  .command('init')
  .description(
    "write a commented starter healflow.yaml, or wrap the servers in a client's configuration with the proxy",
  )
  .usage('[options] [-- COMMAND [ARG...]]')
  .argument('[command...]', "a server's command: also suggests what its tools may change")
  .option('--upstream <url>', 'the same for an HTTP server')
  .option('--yes', 'accept all read-only suggestions without asking')
  .option('--force', 'overwrite an existing file')
  .addOption(new Option('--client <client>', 'show the changes to the files of this client').choices(clientNames))
  .option('--server <name...>', 'only these servers')
  .option('--file <file>', "the client's file, if not in a default location")
  .option('--write', "write the client's file, and a backup next to it")
  .option('--undo', 'remove healflow from the files of this client')
  .option('--config <file>', 'configuration file passed to the proxy')
  .addOption(new Option('--launcher <launcher>', 'how the client starts healflow').choices(launchers))
  .option('--json', 'write JSON')
  .action((command: string[], options) =>
    setExitCode(
      options.client === undefined
        ? import('./init.ts').then(({ init }) => init(options, command))
        : import('./init-client.ts').then(({ initClient }) => initClient({ ...options, command })),
    ),
  );

program
  .command('tools')
  .description("list a server's tools, and suggest what each may change")
  .usage('[options] -- COMMAND [ARG...]\n       healflow tools [options] --upstream URL')
  .argument('[command...]', 'the command that starts the server')
  .option('--upstream <url>', 'the URL of an HTTP server, instead of a command')
  .option('--header-env <name=variable...>', 'with --upstream: a header with its value in an environment variable')
  .option('--config <file>', 'the configuration file')
  .option('--write', 'put the suggestions that you accept into the configuration file')
  .option('--yes', 'with --write: accept all read-only suggestions without asking')
  .option('--json', 'write JSON')
  .action((command: string[], options) =>
    setExitCode(import('./tools.ts').then(({ tools }) => tools(command, options))),
  );

const learn = program
  .command('learn')
  .description('show the failures in the log and what repairs them; make lessons of that')
  .option('--since <time>', 'only since then: 30m, 2h, 7d, 2026-02-04, 2026-02-04T10:30:00Z')
  .option('--tool <tool...>', 'only these tools; * matches any characters')
  .option('--memory <dir>', 'the memory folder')
  .option('--config <file>', 'the configuration file')
  .option('--json', 'write JSON')
  .action((options) => setExitCode(import('./learn/learn.ts').then(({ learn }) => learn(options))));

learn
  .command('show')
  .description('show all that is known of a failure, or of a lesson')
  .argument('<signature or name>', 'the signature of a failure, or its first digits; or the name of a lesson')
  .option('--memory <dir>', 'the memory folder')
  .option('--config <file>', 'the configuration file')
  .option('--json', 'write JSON')
  .action((what: string, options) => setExitCode(import('./learn/show.ts').then(({ show }) => show(what, options))));

learn
  .command('propose')
  .description('write a lesson from what repaired a failure; it does nothing yet')
  .argument('<signature>', 'the signature of the failure, or its first digits')
  .option('--name <name>', 'the name of the lesson')
  .option('--run <number>', 'what was run, by its number in healflow learn show')
  .option('--use <fix>', 'a fix of the configuration, such as vpn_connect or own:NAME')
  .addOption(new Option('--class <class>', 'what kind of failure it is').choices(repairableClasses))
  .option('--memory <dir>', 'the memory folder')
  .option('--config <file>', 'the configuration file')
  .action((sig: string, options) =>
    setExitCode(import('./learn/propose.ts').then(({ propose }) => propose(sig, options))),
  );

for (const [rung, description] of [
  ['shadow', 'run nothing, and record what would have become of it'],
  ['ask', 'run the lesson after a person has agreed, each time'],
  ['auto', 'run the lesson without asking; needs odds of 100:1'],
  ['retire', 'stop a lesson; the file and the reason stay'],
] as const) {
  learn
    .command(rung)
    .description(description)
    .argument('<name>', 'the name of the lesson')
    .option('--reason <text>', 'why')
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

const fleet = program.command('fleet').description('set up and watch the database through which machines share fixes');

fleet
  .command('migrate')
  .description('create or update the schema of healflow in a PostgreSQL database')
  .requiredOption('--url-env <name>', 'the environment variable that holds the URL of an administrator')
  .option('--ca-file <file>', 'the certificates that its TLS is verified against')
  .action((options) => setExitCode(import('./fleet.ts').then(({ fleetMigrate }) => fleetMigrate(options))));

fleet
  .command('status')
  .description('show whether the database responds, and which machines and leases there are')
  .option('--url-env <name>', 'the environment variable that holds its URL, in place of that of the configuration')
  .option('--config <file>', 'the configuration file')
  .option('--json', 'write JSON')
  .action((options) => setExitCode(import('./fleet.ts').then(({ fleetStatusCommand }) => fleetStatusCommand(options))));

fleet
  .command('approvals')
  .description('show which fixes wait for an approval: what would run, who asked, when it ends')
  .option('--url-env <name>', 'the environment variable that holds the URL of an approver or a reader')
  .option('--config <file>', 'the configuration file')
  .option('--all', 'also those that are used or have expired')
  .option('--json', 'write JSON')
  .action((options) =>
    setExitCode(import('./fleet-approvals.ts').then(({ fleetApprovals }) => fleetApprovals(options))),
  );

fleet
  .command('approve')
  .description('let a fix run once: by the process that has asked, or at the next such failure on any machine')
  .argument('<id>', 'the id of the question')
  .option('--url-env <name>', 'the environment variable that holds the URL of an approver')
  .option('--config <file>', 'the configuration file')
  .option('--reason <text>', 'why')
  .action((id: string, options) =>
    setExitCode(import('./fleet-approvals.ts').then(({ fleetDecide }) => fleetDecide(id, true, options))),
  );

fleet
  .command('deny')
  .description('keep a fix from running for 24 hours')
  .argument('<id>', 'the id of the question')
  .option('--url-env <name>', 'the environment variable that holds the URL of an approver')
  .option('--config <file>', 'the configuration file')
  .option('--reason <text>', 'why')
  .action((id: string, options) =>
    setExitCode(import('./fleet-approvals.ts').then(({ fleetDecide }) => fleetDecide(id, false, options))),
  );

const lessons = fleet
  .command('lessons')
  .description('show the lessons of the fleet, and how they fare on its machines')
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
    setExitCode(import('./fleet-lessons.ts').then(({ fleetPublish }) => fleetPublish(name, command.optsWithGlobals()))),
  );

lessons
  .command('retire')
  .description('stop a lesson on all machines')
  .argument('<name>', 'the name of the lesson')
  .requiredOption('--reason <text>', 'why')
  .action((name: string, _options, command) =>
    setExitCode(import('./fleet-lessons.ts').then(({ fleetRetire }) => fleetRetire(name, command.optsWithGlobals()))),
  );

program
  .command('mcp')
  .description('serve an MCP server on stdin and stdout, with which agents read what is known and suggest fixes')
  .option('--memory <dir>', 'the memory folder')
  .option('--config <file>', 'the configuration file')
  .action((options) => setExitCode(import('./mcp-server/mcp.ts').then(({ mcp }) => mcp(options, version))));

program
  .command('repair')
  .description(
    'run a command that repairs a failure, and check right before and right after it whether the failing call succeeds',
  )
  .usage('[options] -- COMMAND [ARG...]')
  .argument('[command...]', 'the command; it runs without a shell and has the terminal')
  .option('--tool <name>', 'the tool whose failure it repairs; * matches any characters')
  .option('--sig <id>', 'the signature of the failure')
  .option(
    '--probe <probe>',
    'what is checked unless the tool is read-only: tcp:HOST:PORT, a URL, or a command (default: the probe of the configured fix)',
  )
  .option('--force', 'run it even if the call succeeds already')
  .option('--memory <dir>', 'the memory folder')
  .option('--config <file>', 'the configuration file')
  .addHelpText(
    'after',
    `
Example:
  healflow repair --tool k8s_get_pods -- systemctl restart tunnel

Only a call of a read-only tool is made again. Exit codes: that of the command if it is not 0; else 0, or 1 if the
call still fails after 30 s; 2 if nothing can be repaired, or several failures wait.`,
  )
  .action((command: string[], options) =>
    setExitCode(import('./repair.ts').then(({ repair }) => repair(command, options))),
  );

program
  .command('demo')
  .description('run the demo on this machine, offline')
  .option('--memory <dir>', 'the folder for the events, instead of a temporary one')
  .option('--fleet', 'the demo of three machines that share fixes through a PostgreSQL, which it starts')
  .option('--url-env <name>', 'with --fleet: the environment variable with the URL of an administrator of another one')
  .option('--approve', 'with --fleet: do not wait for an approval from another terminal')
  .action((options) => setExitCode(import('./demo.ts').then(({ demoCommand }) => demoCommand(options))));

program
  .command('proxy')
  .description('run a proxy that heals failing tool calls of an MCP server')
  .usage('[options] -- COMMAND [ARG...]\n       healflow proxy [options] --upstream URL')
  .argument('[command...]', 'the command that starts the server')
  .option('--config <file>', 'the configuration file')
  .option('--memory <dir>', 'the memory folder')
  .option('--upstream <url>', 'the URL of an HTTP server, instead of a command')
  .option(
    '--header-env <name=variable...>',
    'with --upstream: a header with its value in an environment variable, as in Authorization=API_AUTHORIZATION',
  )
  .option(
    '--http <port>',
    'serve clients over HTTP on this port (0: any free port), instead of one client on stdin and stdout',
  )
  .option(
    '--inspect [viewer]',
    "show every run on healflow's page, or in Stately's inspector (stately, or its URL, as in ws://localhost:8080)",
  )
  .addOption(
    new Option('--stdout-noise <where>', 'where lines of the stdout of the server go that are no messages').choices([
      'pass',
      'stderr',
    ]),
  )
  .option('--host <addr>', 'with --http: the address to listen on (default: 127.0.0.1, this machine only)')
  .action((command: string[], options) =>
    setExitCode(import('./proxy.ts').then(({ proxy }) => proxy(command, options))),
  );

/**
 * Parses the command line, runs the command and sets the exit code.
 *
 * @throws HealError and any other error of the command.
 */
export const runProgram = async (): Promise<void> => {
  try {
    await program.parseAsync();
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  }
};

import { readFileSync } from 'node:fs';
import { Command, CommanderError, Option } from 'commander';
import { channels, toolKinds } from '../model/terms.ts';
import { packageFile } from '../package-root.ts';
import { clientNames } from './client-config/clients.ts';
import { launchers } from './client-config/launcher.ts';
import { setExitCode } from './exit-code.ts';
import { addFleetCommands } from './fleet-commands.ts';
import { graphFormats } from './graph-formats.ts';
import { addLearnCommands } from './learn-commands.ts';

const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string };

const program = new Command('healflow')
  .description('Heals failing tool calls.')
  .version(version)
  .exitOverride()
  .showHelpAfterError('(Run "healflow --help" for all commands.)');

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
  .command('doctor')
  .description('check this set-up (configuration, fixes, probes, folders, clients), and say what to do')
  .option('--memory <dir>', 'the memory folder')
  .option('--config <file>', 'the configuration file')
  .option('--json', 'write JSON')
  .action((options) => setExitCode(import('./doctor/doctor.ts').then(({ doctor }) => doctor(options))));

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

addLearnCommands(program);
addFleetCommands(program);

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
  .option('--force', 'run it even if the call succeeds already, or no failing call waits')
  .option('--memory <dir>', 'the memory folder')
  .option('--config <file>', 'the configuration file')
  .addHelpText(
    'after',
    `
Example:
  healflow repair --tool k8s_get_pods -- systemctl restart tunnel

Only a call of a read-only tool is made again. Exit codes: that of the command
if it is not 0; else 0, or 1 if the call still fails after 30 s; 2 if nothing
can be repaired, or several failures wait.`,
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
  .option('--ca-file <file>', 'with --url-env: the certificates that its TLS is verified against')
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
  .option('--strict', 'do not start with an invalid configuration (default: heal nothing until it is corrected)')
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

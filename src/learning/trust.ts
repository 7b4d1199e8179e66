import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';

/** A command that a lesson may run, or why not. */
export type Trust = { readonly argv: readonly [string, ...string[]] } | { readonly refused: string };

export interface TrustOptions {
  /** The programs that lessons may run, by path: `learn.programs`. */
  readonly programs: readonly string[];
  /** The environment variable PATH. */
  readonly path: string | undefined;
  /** The folder that a relative path of a program starts from. */
  readonly cwd: string;
}

const maxArguments = 64;
const maxCharacters = 4_096;

/** Without the version and the extension: `python3.11`, `perl5.36.0`, `node.exe`. */
const plainName = (program: string): string =>
  basename(program)
    .toLowerCase()
    .replace(/\.exe$/, '')
    .replace(/-?[\d.]+$/, '');

const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const shells = words(
  'sh bash rbash dash ash zsh rzsh ksh mksh pdksh csh tcsh fish elvish nu xonsh busybox toybox cmd powershell pwsh wsl',
);

/** They run another program as another user. */
const privileged = words('sudo sudoedit doas su pkexec runuser machinectl gosu setpriv capsh');

/** They run the program that their arguments name. */
const wrappers = words(
  `env xargs parallel nohup setsid timeout nice ionice chrt taskset stdbuf time watch script expect unbuffer flock strace ltrace gdb
   chroot unshare nsenter systemd-run setarch find fd npx bunx uvx pipx dlx entr at batch crontab screen tmux start-stop-daemon dbus-run-session
   xvfb-run proot fakeroot faketime ld ld-linux ld.so`,
);

/** Their first argument, or a script that they read, is code. */
const codeByArgument = words(
  'awk gawk mawk nawk sed ed ex vi vim nvim view emacs m4 bc dc jshell osascript gnuplot eval source',
);

const interpreters = words(
  `node nodejs deno bun ts-node tsx python pypy perl ruby jruby php lua luajit tclsh wish guile racket sbcl clisp ghci runghc scala groovy
   kotlin julia r rscript octave elixir iex erl escript swipl java`,
);

/** What an interpreter takes as code: `-e`, `-c`, `-p` and the like, alone or among other letters; `--eval`, `-` and `-m`. */
const codeOption =
  /^(?:-[A-Za-z]*[ecprmEBRS].*|--?(?:eval|print|exec|execute|run|import|require|loader|module|code|command)(?:=.*)?|-|eval|repl|run)$/;

/** They run commands in a container or on another machine, which may be a shell. */
const remote = words(
  'docker podman nerdctl kubectl oc crictl lxc incus flatpak distrobox toolbox vagrant ansible pssh pdsh mosh rsh rexec telnet',
);
const remoteVerbs = words('exec run debug attach shell ssh enter');

/** Options of ssh that take a value. */
const sshValues = 'BbcDEeFIiJLlmOopQRSWw';
const sshRuns = /(?:proxycommand|localcommand|remotecommand|knownhostscommand|match\s+exec)/i;

const url = /(?:^|[=,@\s])[a-z][a-z0-9+.-]*:\/\/|^(?:data|javascript|file|mailto):/i;
const redirection = /^(?:\d*|&)(?:>>?|<<?<?)|^(?:\|\|?|&&?|;;?|!)$|[`]|\$\(|<\(|>\(/;
const placeholder = /\{[^{}]*\}|<[^<>]*>|\$\w|\$\{|%[A-Za-z_]\w*%/;
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** Why no program may get these arguments, whatever it is. */
const argumentRefused = (argument: string): string | null => {
  if (unprintable.test(argument)) return 'an argument has a character that cannot be seen';
  if (redirection.test(argument)) return `\`${argument}\` is for a shell, and no lesson runs one`;
  if (placeholder.test(argument)) return `\`${argument}\` is a placeholder: write the value itself`;
  if (url.test(argument)) return `\`${argument}\` is a URL: a lesson must not fetch or send anything that it names`;
  if (shells.has(plainName(argument))) return `\`${argument}\` names a shell`;
  if (/^(?:sudo|doas|su|pkexec)$/.test(plainName(argument))) return `\`${argument}\` gives other rights`;
  return null;
};

/** Why ssh may not be run so: only a tunnel without a command is allowed. */
const sshRefused = (given: readonly string[]): string | null => {
  if (given.some((argument) => sshRuns.test(argument))) return 'an option of ssh names a command';
  let operands = 0;
  let isTunnel = false;
  for (let at = 0; at < given.length; at += 1) {
    const argument = given[at] ?? '';
    if (!argument.startsWith('-') || operands > 0) {
      operands += 1;
      continue;
    }
    const letters = argument.slice(1);
    const valued = [...letters].findIndex((letter) => sshValues.includes(letter));
    if ((valued < 0 ? letters : letters.slice(0, valued)).includes('N')) isTunnel = true;
    if (valued >= 0 && valued === letters.length - 1) at += 1;
  }
  return isTunnel && operands === 1
    ? null
    : 'ssh may only open a tunnel (`ssh -N ... HOST`): what it runs there is given to a shell';
};

/** Why a program may not run with these arguments, whether or not it is listed. */
const programRefused = (program: string, given: readonly string[]): string | null => {
  const name = plainName(program);
  if (shells.has(name)) return `\`${name}\` is a shell: list the script itself, with a \`#!\` line`;
  if (privileged.has(name) || basename(program) === 'run0')
    return `\`${name}\` runs a command with other rights: allow the command itself to the user of healflow`;
  if (wrappers.has(name)) return `\`${name}\` runs what its arguments name: give the command itself`;
  if (codeByArgument.has(name)) return `\`${name}\` takes code as an argument: put it into a script`;
  if (name === 'ssh') return sshRefused(given);
  if (remote.has(name) && given.some((argument) => remoteVerbs.has(argument.toLowerCase()))) {
    return `\`${name}\` runs a command elsewhere that cannot be checked here`;
  }
  if (!interpreters.has(name)) return null;
  const code = given.find((argument) => argument.startsWith('-') && codeOption.test(argument));
  if (code !== undefined) return `\`${name} ${code}\` is code: put it into a script`;
  if (given.length === 0 || codeOption.test(given[0] ?? '')) return `\`${name}\` needs a script as its first argument`;
  return null;
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** The path of the program that would run; undefined if there is none. */
const findProgram = (program: string, { path = '', cwd }: TrustOptions): string | undefined => {
  if (/[/\\]/.test(program)) {
    const given = resolve(cwd, program);
    return isExecutable(given) ? given : undefined;
  }
  return path
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, program))
    .find(isExecutable);
};

const realOf = (path: string): string | undefined => {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
};

/** Why a command can never be that of a lesson, whatever the configuration lists; null if it can. Pure. */
export const neverTrusted = (argv: readonly string[]): string | null => {
  const [program = '', ...given] = argv;
  if (program === '' || unprintable.test(program)) return 'there is no program to run';
  if (argv.length > maxArguments || argv.join(' ').length > maxCharacters) {
    return `the command is longer than ${maxArguments} words or ${maxCharacters} characters`;
  }
  if (placeholder.test(program) || redirection.test(program) || url.test(program))
    return `\`${program}\` is no program`;
  for (const argument of given) {
    const refused = argumentRefused(argument);
    if (refused !== null) return refused;
  }
  return programRefused(program, given);
};

/**
 * Checks whether a lesson may run a command: `learn.programs` lists its program by real path, and neither the program nor an
 * argument can run anything else. What may run comes from the configuration alone: no lesson, agent or fleet adds to it.
 *
 * @returns the command with the real path of its program.
 */
export const trust = (argv: readonly string[], options: TrustOptions): Trust => {
  const refused = neverTrusted(argv);
  if (refused !== null) return { refused };
  const [program = '', ...given] = argv;
  const found = findProgram(program, options);
  if (found === undefined) return { refused: `the program \`${program}\` was not found` };
  const real = realOf(found) ?? found;
  // A link may be named like a harmless program.
  const behind = programRefused(real, given);
  if (behind !== null) return { refused: behind };
  if (!options.programs.some((listed) => realOf(resolve(options.cwd, listed)) === real)) {
    return { refused: `\`${real}\` is not in \`learn.programs\`: add it there if lessons may run it` };
  }
  if ((statSync(real).mode & 0o002) !== 0)
    return { refused: `\`${real}\` can be written by every user of this machine` };
  return { argv: [real, ...given] };
};

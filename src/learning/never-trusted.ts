import { basename, isAbsolute, win32 } from 'node:path';

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
   xvfb-run proot fakeroot faketime ld ld-linux ld.so firejail bwrap sg prlimit cpulimit numactl ssh-agent valgrind perf systemd-inhibit
   runcon chronic rlwrap xterm`,
);

/** Their first argument, or a script that they read, is code. */
const codeByArgument = words(
  'awk gawk mawk nawk sed ed ex vi vim nvim view emacs m4 bc dc jshell osascript gnuplot eval source',
);

const interpreters = words(
  `node nodejs deno bun ts-node tsx python pypy perl ruby jruby php lua luajit tclsh wish guile racket sbcl clisp ghci runghc scala groovy
   kotlin julia r rscript octave elixir iex erl escript swipl java`,
);

/** One program with many names; the name alone says which one runs. */
const launchers = words('snap');

/** They run commands in a container or on another machine, which may be a shell. */
const remote = words('docker podman nerdctl kubectl oc crictl lxc incus flatpak distrobox toolbox vagrant');
const remoteVerbs = words('exec run debug attach shell ssh rsh enter');
const remoteOnly = words('ansible ansible-playbook pssh parallel-ssh pdsh mosh rsh rexec telnet');

/** Options of ssh that take a value. */
const sshValues = 'BbcDEeFIiJLlmOopQRSWw';
const sshRuns = /(?:proxycommand|localcommand|remotecommand|knownhostscommand|pkcs11provider|match\s+exec)/i;
/** Another configuration, or a library to load. */
const sshLoads = /^-[1246AaCfGgKkMNnqsTtVvXxYy]*[FI]/;

const url = /(?:^|[=,@\s])[a-z][a-z0-9+.-]*:\/\/|(?:^|[=,\s])(?:data|javascript|file|mailto):/i;
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
  if (given.some((argument) => sshRuns.test(argument) || sshLoads.test(argument)))
    return 'an option of ssh names a command';
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
export const programRefused = (program: string, given: readonly string[]): string | null => {
  const name = plainName(program);
  if (shells.has(name)) return `\`${name}\` is a shell: list the script itself, with a \`#!\` line`;
  if (privileged.has(name) || basename(program) === 'run0')
    return `\`${name}\` runs a command with other rights: allow the command itself to the user of healflow`;
  if (wrappers.has(name)) return `\`${name}\` runs what its arguments name: give the command itself`;
  if (codeByArgument.has(name)) return `\`${name}\` takes code as an argument: put it into a script`;
  if (name === 'ssh') return sshRefused(given);
  if (remoteOnly.has(name)) return `\`${name}\` runs a command elsewhere that cannot be checked here`;
  if (remote.has(name) && given.some((argument) => remoteVerbs.has(argument.toLowerCase()))) {
    return `\`${name}\` runs a command elsewhere that cannot be checked here`;
  }
  if (!interpreters.has(name)) return null;
  const [first = '', second = ''] = given;
  if (isAbsolute(first === '-jar' ? second : first)) return null;
  return `\`${name}\` needs the absolute path of a script as its first argument: an option before it may be code`;
};

const addressRange = /^(?:[\d.]+|[\da-f:]+)\/\d{1,3}$/i;

/** Whether an argument is, or ends with, a path that depends on the folder. */
const isRelativePath = (argument: string): boolean => {
  const value = argument.replace(/^-[^/=]*=|^-\w(?=[/~])/, '');
  if (/^(?:\.{1,2}|~)(?:[/\\]|$)/.test(value)) return true;
  return /[/\\]/.test(value) && !addressRange.test(value) && !isAbsolute(value) && !win32.isAbsolute(value);
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
  const relative = argv.find(isRelativePath);
  if (relative !== undefined) {
    return `\`${relative}\` is a relative path, which leads elsewhere in another folder: give the absolute path, or put the command under \`fixes.own\` and name it with \`--use own:NAME\``;
  }
  if (launchers.has(plainName(program))) return `\`${program}\` runs what its arguments name: give the command itself`;
  return programRefused(program, given);
};

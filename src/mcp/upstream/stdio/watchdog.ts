import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';

/**
 * What a shell does beside the proxy: it reads which process groups are to be watched (`+ group looks`, `- group`). The
 * end of its input is the end of the proxy, also by SIGKILL; the groups that are left then get `looks` tenths of a second to
 * end by themselves, as their input has ended too, then SIGTERM, as much time again, and SIGKILL.
 *
 * A group that is empty is never signalled again, since its number may come back as another's. While any process of a
 * group lives, no other group can get its number.
 */
const script = `
trap '' HUP INT TERM
all=
while read -r sign group looks; do
  rest=
  for each in $all; do [ "\${each%:*}" = "$group" ] || rest="$rest $each"; done
  all=$rest
  [ "$sign" = + ] && all="$all $group:$looks"
done
[ -z "$all" ] && exit
pause() { sleep 0.1 2>/dev/null || sleep 1; }
wait_for() {
  looks=0
  for each in $all; do [ "\${each#*:}" -gt "$looks" ] && looks=\${each#*:}; done
  while [ -n "$all" ]; do
    rest=
    for each in $all; do kill -s 0 -- -"\${each%:*}" 2>/dev/null && rest="$rest $each"; done
    all=$rest
    [ "$looks" -le 0 ] && return
    looks=$((looks - 1))
    [ -n "$all" ] && pause
  done
}
wait_for
for each in $all; do kill -s TERM -- -"\${each%:*}" 2>/dev/null; done
wait_for
for each in $all; do kill -s KILL -- -"\${each%:*}" 2>/dev/null; done
`;

let watching: Writable | undefined;

/** One shell for all servers of this process, started with the first. Where there is none, nobody watches. */
const startShell = (): Writable => {
  const shell = spawn('sh', ['-c', script], {
    env: process.env.PATH === undefined ? {} : { PATH: process.env.PATH },
    stdio: ['pipe', 'ignore', 'ignore'],
    // Whoever kills the proxy's group must not kill the watchdog with it.
    detached: true,
  });
  const { stdin } = shell;
  const gone = (): void => {
    if (watching === stdin) watching = undefined;
  };
  shell.on('error', gone);
  shell.on('exit', gone);
  stdin.on('error', gone);
  shell.unref();
  (stdin as Socket).unref();
  return stdin;
};

/**
 * Sees to it that a process group does not outlive this process, whatever this process dies of, and the group's indifference
 * to the end of its input. Does nothing where there is no POSIX shell.
 *
 * @param graceMs How long it may take to end by itself, and again after SIGTERM.
 * @returns what ends the watch, once the group has ended.
 */
export const guardProcessGroup = (group: number, graceMs: number): (() => void) => {
  if (process.platform === 'win32') return () => {};
  watching ??= startShell();
  const shell = watching;
  shell.write(`+ ${group} ${Math.ceil(graceMs / 100)}\n`);
  let isOver = false;
  return () => {
    if (!isOver) shell.write(`- ${group}\n`);
    isOver = true;
  };
};

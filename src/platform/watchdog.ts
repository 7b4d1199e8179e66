import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';

/**
 * The script of a shell beside the proxy. It reads which process groups to guard (`+ group looks`, `- group`). Its input ends
 * with the proxy, also by SIGKILL. The remaining groups then have `looks` tenths of a second to end by themselves, as their
 * input has ended too; then they get SIGTERM, the same time again, and SIGKILL.
 *
 * An empty group is never signalled again, since its id may be used for another one. This cannot happen while any process of
 * the group lives.
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
[ "$1" = now ] || wait_for
for each in $all; do kill -s TERM -- -"\${each%:*}" 2>/dev/null; done
wait_for
for each in $all; do kill -s KILL -- -"\${each%:*}" 2>/dev/null; done
`;

/** How groups end: by themselves if they can, or at once. Each way has a shell, since one waits for all its groups. */
type Way = 'by themselves' | 'now';

const watching = new Map<Way, Writable>();

/** One shell for all groups of this process, started with the first. Without a shell, nothing is guarded. */
const startShell = (way: Way): Writable => {
  const shell = spawn('sh', ['-c', script, 'watchdog', way], {
    env: process.env.PATH === undefined ? {} : { PATH: process.env.PATH },
    stdio: ['pipe', 'ignore', 'ignore'],
    // A signal to the proxy's group must not end the watchdog too.
    detached: true,
  });
  const { stdin } = shell;
  const gone = (): void => {
    if (watching.get(way) === stdin) watching.delete(way);
  };
  shell.on('error', gone);
  shell.on('exit', gone);
  stdin.on('error', gone);
  shell.unref();
  (stdin as Socket).unref();
  watching.set(way, stdin);
  return stdin;
};

/**
 * Ends a process group when this process ends, for whatever reason, even if the group ignores the end of its input. Does
 * nothing without a POSIX shell.
 *
 * @param graceMs Maximum time to end by itself, and again after SIGTERM.
 * @param way `now`: it gets SIGTERM at once.
 * @returns the function that stops guarding, once the group has ended.
 */
export const guardProcessGroup = (group: number, graceMs: number, way: Way = 'by themselves'): (() => void) => {
  if (process.platform === 'win32') return () => {};
  const shell = watching.get(way) ?? startShell(way);
  shell.write(`+ ${group} ${Math.ceil(graceMs / 100)}\n`);
  let isOver = false;
  return () => {
    if (!isOver) shell.write(`- ${group}\n`);
    isOver = true;
  };
};

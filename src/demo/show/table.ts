import { secondsText } from '../../text/duration.ts';
import type { SceneResult } from '../run-scene.ts';
import type { Screen } from './screen.ts';

const columns = (fault: string, fix: string, attempts: string, time: string): string =>
  `   ${fault.padEnd(35)}${fix.padEnd(20)}${attempts.padStart(8)}${time.padStart(9)}`;

const counted = (names: readonly string[]): string =>
  [...new Set(names)]
    .map((name) => {
      const times = names.filter((other) => other === name).length;
      return times === 1 ? name : `${name} x${times}`;
    })
    .join(', ') || '-';

/** Shows the result of each scene. */
export const showTable = (screen: Screen, results: readonly SceneResult[]): void => {
  screen.line(screen.paint('bold', columns('fault', 'fix', 'attempts', 'time')));
  for (const { scene, fixes, attempts, durationMs, problems } of results) {
    const mark = problems.length === 0 ? screen.paint('green', '✓') : screen.paint('red', '✗');
    const row = columns(scene.fault, counted(fixes), String(attempts), secondsText(durationMs, 2));
    screen.line(` ${mark} ${row.slice(3)}`);
  }
};

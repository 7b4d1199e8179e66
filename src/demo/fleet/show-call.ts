import { type HealingMeta, healingMetaKey } from '../../mcp/healing/result-meta.ts';
import { secondsText } from '../../text/duration.ts';
import type { Called } from '../clients.ts';
import type { Screen } from '../show/screen.ts';

const indent = 20;

/** The facts of the run behind a response; undefined if nothing failed. */
export const metaOf = ({ meta }: Called): HealingMeta | undefined => meta[healingMetaKey] as HealingMeta | undefined;

/** Shows a text with a label before it. */
export const showLine = (screen: Screen, label: string, text: string, mark = ''): void => {
  const [first = '', ...rest] = screen.wrap(text, indent + 2);
  screen.line(`${`   ${label}`.padEnd(indent)}${mark}${first}`);
  for (const line of rest) screen.line(`${' '.repeat(indent)}${line}`);
};

/** Shows what a machine's client was told, and how its call came about. */
export const showCall = (screen: Screen, label: string, called: Called): void => {
  const { failed, text, durationMs } = called;
  showLine(screen, label, text, failed ? screen.paint('red', '✗ ') : screen.paint('green', '✓ '));
  const meta = metaOf(called);
  const how = meta === undefined ? 'nothing failed' : `${meta.outcome}, ${meta.attempts} attempts`;
  const fixes = meta === undefined || meta.fixes.length === 0 ? '' : `, ${meta.fixes.join(', ')}`;
  showLine(screen, '', `${meta?.reason ?? `${how}${fixes}`} (${secondsText(durationMs, 2)})`);
};

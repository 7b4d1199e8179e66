import type { LearningRecord } from '../api/types.ts';
import { Listed } from '../shell/listed.tsx';
import { UntrustedText } from '../shell/text.tsx';
import { hrefTo } from '../state/route.ts';
import { count, duration } from '../text/format.ts';
import type { PartProps } from './part.ts';
import { Ago } from './signatures.tsx';

const kinds: Readonly<Record<LearningRecord['kind'], string>> = {
  recovered: 'succeeded again',
  still_failing: 'failed again',
  repaired: 'repair',
  trial: 'trial',
  noted: 'note',
};

const between = (ran: readonly string[]): string => (ran.length === 0 ? 'nothing was run' : `ran ${ran.join('; ')}`);

const whatOf = (record: LearningRecord): string => {
  switch (record.kind) {
    case 'recovered':
    case 'still_failing':
      return between(record.between);
    case 'repaired':
      return 'use' in record.action ? record.action.use : record.action.run.join(' ');
    case 'trial':
      return `${record.lesson}, ${{ run: 'it ran', shadow: 'in the shadow: nothing ran', control: 'control: nothing ran' }[record.mode]}`;
    case 'noted':
      return record.note;
    default:
      return '';
  }
};

const resultOf = (record: LearningRecord): string => {
  switch (record.kind) {
    case 'repaired':
      if (record.checked === null) return 'not checked: no evidence';
      return `${record.before} before, ${record.after} after${record.checked === 'probe' ? ', by its probe' : ''}`;
    case 'trial':
      return record.needless === true ? 'needless: it ended by itself' : `${record.after} after`;
    default:
      return '–';
  }
};

/** Repairs, trials and recoveries. */
export const Records = ({ known: { records, recordCount }, time }: PartProps) => (
  <>
    <Listed
      id="learning-records"
      title="Repairs and trials"
      says="The newest first. Only what was checked right before and right after counts."
      none="None yet."
      heads={['When', 'What', 'Tool', 'Details', 'The same call', 'Window', 'Failure']}
      rows={records.length}
    >
      {records.map((record, index) => (
        <tr key={`${record.timestamp} ${index}`}>
          <td>
            <Ago at={Date.parse(record.timestamp)} time={time} />
          </td>
          <td>{kinds[record.kind] ?? record.kind}</td>
          <th scope="row">
            <UntrustedText text={record.tool} />
          </th>
          <td class="wide">
            <UntrustedText text={whatOf(record)} />
          </td>
          <td>{resultOf(record)}</td>
          <td>{'window_ms' in record ? duration(record.window_ms) : '–'}</td>
          <td>
            <a href={hrefTo({ signature: record.sig })}>
              <code>{record.sig.slice(0, 8)}</code>
            </a>
          </td>
        </tr>
      ))}
    </Listed>
    {recordCount > records.length && <p class="hint">and {count(recordCount - records.length)} older ones</p>}
  </>
);

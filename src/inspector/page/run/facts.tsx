import type { RunDetail, RunDiagnosis, RunFix } from '../api/types.ts';
import { ScrollArea } from '../shell/scroll-area.tsx';
import { Matched, UntrustedBlock, UntrustedText } from '../shell/text.tsx';
import { hrefTo } from '../state/route.ts';
import { duration } from '../text/format.ts';
import { fixWords } from './fix-status.ts';

const delivery: Readonly<Record<string, string>> = {
  no: 'no',
  maybe: 'maybe',
};

const Diagnosis = ({ diagnosis, error }: { diagnosis: RunDiagnosis; error: string }) => (
  <article class="card">
    <h4>
      <span class="tag">{diagnosis.class}</span> <code>{diagnosis.pattern}</code>
      <small>attempt {diagnosis.attempt}</small>
    </h4>
    <Matched text={error} evidence={diagnosis.evidence} />
    <dl>
      <dt>Proposed fix</dt>
      <dd>{diagnosis.fix === null ? 'none' : <code>{diagnosis.fix}</code>}</dd>
      <dt>Took effect?</dt>
      <dd>{delivery[diagnosis.delivered] ?? diagnosis.delivered}</dd>
      {diagnosis.confidence !== undefined && (
        <>
          <dt>Confidence</dt>
          <dd>{diagnosis.confidence}</dd>
        </>
      )}
      <dt>Why</dt>
      <dd>
        <UntrustedText text={diagnosis.why} />
      </dd>
    </dl>
  </article>
);

/** The diagnoses with the matched text. */
export const Diagnoses = ({ run }: { run: RunDetail }) => (
  <section aria-labelledby="diagnosis-title">
    <h3 id="diagnosis-title">Diagnosis</h3>
    {run.diagnoses.length === 0 && (
      <>
        {run.error !== null && (
          <p class="foreign matched" dir="ltr">
            <UntrustedText text={run.error} />
          </p>
        )}
        <p class="hint">
          {run.class === null
            ? 'No diagnosis.'
            : `From the log: ${run.class}${run.pattern === null ? '' : `, by ${run.pattern}`}.`}
        </p>
      </>
    )}
    {run.diagnoses.map((diagnosis) => (
      <Diagnosis
        key={`${diagnosis.attempt} ${diagnosis.pattern}`}
        diagnosis={diagnosis}
        error={run.attemptsList.find(({ number }) => number === diagnosis.attempt)?.error ?? run.error ?? ''}
      />
    ))}
    {run.signature !== undefined && (
      <p class="after-cards">
        <a href={hrefTo({ view: 'learning', signature: run.signature })}>What was learned about this failure</a>
      </p>
    )}
  </section>
);

const Fix = ({ report }: { report: RunFix }) => (
  <article class="card">
    <h4>
      <code>{report.fix}</code>
      <span class={`tag fix-${report.status}`}>{fixWords[report.status] ?? report.status}</span>
      <small>{duration(report.durationMs)}</small>
    </h4>
    {report.command !== undefined && (
      <p class="command">
        <span class="sr-only">What it runs: </span>
        <code>
          <UntrustedText text={report.command} />
        </code>
      </p>
    )}
    <p>
      <UntrustedText text={report.reason} />
      {report.code !== undefined && (
        <>
          {' '}
          <code>{report.code}</code>
        </>
      )}
      {report.shared === true && ' It ran for another call; this call waited for it.'}
    </p>
    {report.output !== undefined && report.output !== '' && (
      <UntrustedBlock text={report.output} label={`Output of ${report.fix}`} />
    )}
  </article>
);

/** The fixes that ran, with their output. */
export const Fixes = ({ run }: { run: RunDetail }) => (
  <section aria-labelledby="fixes-title">
    <h3 id="fixes-title">Fixes</h3>
    {run.fixReports.length === 0 && (
      <p class="hint">{run.fixes.length === 0 ? 'No fix ran.' : `From the log: ${run.fixes.join(', ')}.`}</p>
    )}
    {run.fixReports.map((report, index) => (
      <Fix key={index} report={report} />
    ))}
  </section>
);

/** Whether the call may be repeated, and why healing ended. */
export const Policy = ({ run }: { run: RunDetail }) =>
  run.policy === null && run.refusal === null ? null : (
    <section aria-labelledby="policy-title">
      <h3 id="policy-title">Repeating the call</h3>
      {run.policy !== null && (
        <p>
          <span class={`tag ${run.policy.mayRepeat ? 'fix-succeeded' : 'fix-refused'}`}>
            {run.policy.mayRepeat ? 'allowed' : 'not allowed'}
          </span>{' '}
          <UntrustedText text={run.policy.reason} />
        </p>
      )}
      {run.refusal !== null && (
        <p>
          <code>{run.refusal.code}</code> <UntrustedText text={run.refusal.reason} />
        </p>
      )}
    </section>
  );

/** All attempts. */
export const Attempts = ({ run }: { run: RunDetail }) =>
  run.attemptsList.length === 0 ? null : (
    <section aria-labelledby="attempts-title">
      <h3 id="attempts-title">Attempts</h3>
      <ScrollArea class="table-frame" labelledBy="attempts-title">
        <table>
          <thead>
            <tr>
              <th scope="col">No.</th>
              <th scope="col">After</th>
              <th scope="col">Took</th>
              <th scope="col" class="wide">
                Result
              </th>
            </tr>
          </thead>
          <tbody>
            {run.attemptsList.map((attempt) => (
              <tr key={attempt.number}>
                <td>{attempt.number}</td>
                <td>{duration(Math.max(0, attempt.startedAt - run.startedAt))}</td>
                <td>{duration(attempt.durationMs)}</td>
                <td class="wide">{attempt.ok ? 'succeeded' : <UntrustedText text={attempt.error ?? 'failed'} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea>
    </section>
  );

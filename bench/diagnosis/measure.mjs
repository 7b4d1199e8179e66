// Run as a process: prints the cost of diagnoses in us as JSON.
import { measure } from 'mitata';
import { createDiagnoser } from '../../dist/src/diagnosis/index.js';
import { signatureOf } from '../../dist/src/learning/signature.js';
import { median, quantile } from '../harness/numbers.mjs';
import { corpus, errors, healthy } from './inputs.mjs';
import { patterns } from './patterns.mjs';

const { withCode, withWords, unknown, own } = errors;
const diagnoserOf = (ownPatterns) => createDiagnoser({ redact: (text) => text, patterns: ownPatterns });

/** The cost once the engine has compiled the code; first.mjs measures the cost before. */
const cost = async (run) => {
  for (let round = 0; round < 20_000; round += 1) run();
  return (await measure(run, { min_cpu_time: 150e6 })).p50 / 1_000;
};

/** Each text of the corpus 15 times, after all have been diagnosed a few times. */
const costOfCorpus = (diagnoser) => {
  for (let round = 0; round < 5; round += 1) for (const { output } of corpus) diagnoser.diagnose(output);
  const texts = corpus.map(({ id, length, output }) => {
    const goes = Array.from({ length: 15 }, () => {
      const began = process.hrtime.bigint();
      diagnoser.diagnose(output);
      return Number(process.hrtime.bigint() - began) / 1_000;
    });
    return { id, length, us: median(goes) };
  });
  const us = texts.map((text) => text.us);
  const slowest = texts.reduce((a, b) => (b.us > a.us ? b : a));
  return { median: median(us), p99: quantile(us, 0.99), slowest };
};

/** Each text once, with a diagnoser that has seen none of them: includes what is compiled at the first use. */
const costOfFirstSight = (diagnoser) => {
  diagnoser.diagnose(unknown);
  const us = corpus.map(({ output }) => {
    const began = process.hrtime.bigint();
    diagnoser.diagnose(output);
    return Number(process.hrtime.bigint() - began) / 1_000;
  });
  return { median: median(us), p99: quantile(us, 0.99) };
};

/** The signature of each failure of the corpus 15 times, after all have been made a few times. */
const costOfSignatures = (diagnoser) => {
  const lines = corpus
    .map(({ output }) => diagnoser.diagnose(output))
    .filter(({ failure }) => failure)
    .map(({ summary }) => summary);
  for (let round = 0; round < 20; round += 1) for (const line of lines) signatureOf(line);
  const us = lines.map((line) =>
    median(
      Array.from({ length: 15 }, () => {
        const began = process.hrtime.bigint();
        signatureOf(line);
        return Number(process.hrtime.bigint() - began) / 1_000;
      }),
    ),
  );
  return { median: median(us), p99: quantile(us, 0.99) };
};

const diagnoser = diagnoserOf();
const results = {
  signature: costOfSignatures(diagnoser),
  withCode: await cost(() => diagnoser.diagnose(withCode)),
  withWords: await cost(() => diagnoser.diagnose(withWords)),
  corpus: costOfCorpus(diagnoser),
  healthy: [],
  own: [],
};
for (const { shape, sizes } of healthy) {
  const [gate, whole] = [[], []];
  for (const value of sizes) {
    gate.push(await cost(() => diagnoser.looksHealthy(value)));
    whole.push(await cost(() => diagnoser.diagnose({ tool: 'tool', channel: 'result', value })));
  }
  results.healthy.push({ shape, gate, whole });
}
for (const count of [0, 10]) {
  const seen = costOfFirstSight(diagnoserOf(patterns(count)));
  const some = diagnoserOf(patterns(count));
  if (count > 0 && some.diagnose(own).pattern !== 'own.1') throw new Error('the pattern was not found');
  results.own.push({
    count,
    withCode: await cost(() => some.diagnose(withCode)),
    unknown: await cost(() => some.diagnose(unknown)),
    own: await cost(() => some.diagnose(own)),
    seen,
    corpus: costOfCorpus(some),
  });
}
console.log(JSON.stringify(results));

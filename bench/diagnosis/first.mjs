// A process of its own: what is made ready before the first diagnosis, and that diagnosis, as JSON, in ms of processor time.
// Arguments: how many patterns of the user's own, which error.
import { createDiagnoser } from '../../dist/src/diagnosis/index.js';
import { errors } from './inputs.mjs';
import { patterns } from './patterns.mjs';

const [count, which] = process.argv.slice(2);
const ownPatterns = patterns(Number(count));
const cpuMs = (run) => {
  const before = process.cpuUsage();
  const made = run();
  const { user, system } = process.cpuUsage(before);
  return { made, ms: (user + system) / 1_000 };
};
const { made: diagnoser, ms: ready } = cpuMs(() => createDiagnoser({ redact: (text) => text, patterns: ownPatterns }));
const { ms: diagnosis } = cpuMs(() => diagnoser.diagnose(errors[which]));
console.log(JSON.stringify({ ready, diagnosis }));

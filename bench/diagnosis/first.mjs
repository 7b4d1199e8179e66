// Run as a process: creates a diagnoser and diagnoses once; prints the CPU time of both in ms as JSON.
// Argument: which error.
import { createDiagnoser } from '../../dist/src/diagnosis/index.js';
import { errors } from './inputs.mjs';

const [which] = process.argv.slice(2);
const cpuMs = (run) => {
  const before = process.cpuUsage();
  const made = run();
  const { user, system } = process.cpuUsage(before);
  return { made, ms: (user + system) / 1_000 };
};
const { made: diagnoser, ms: ready } = cpuMs(() => createDiagnoser({ redact: (text) => text }));
const { ms: diagnosis } = cpuMs(() => diagnoser.diagnose(errors[which]));
console.log(JSON.stringify({ ready, diagnosis }));

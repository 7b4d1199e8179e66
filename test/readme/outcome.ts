import { createHealer } from 'healflow';

await using healer = await createHealer();

// #region outcome
const outcome = await healer.runOutcome('pay_invoice', payInvoice);

if (outcome.ok) console.log(outcome.value);
else console.log(outcome.status, outcome.diagnosis?.class, outcome.refusal?.reason);
// #endregion

async function payInvoice(): Promise<string> {
  throw Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });
}

if (outcome.status !== 'unknown') throw new Error(`the outcome is ${outcome.status}`);

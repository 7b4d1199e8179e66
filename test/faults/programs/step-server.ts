// The MCP server of the campaign over stdio: node step-server.js FOLDER. Writes its process id into FOLDER/pid and each effect into
// FOLDER/effects.log, and reads the login from FOLDER/token.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { StepService } from '../campaign/service.ts';

const folder = process.argv[2] ?? '.';
const token = (): string => {
  try {
    return readFileSync(join(folder, 'token'), 'utf8');
  } catch {
    return '0';
  }
};
const service = new StepService((call, step) => appendFileSync(join(folder, 'effects.log'), `${call} ${step}\n`));

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined) return;
  process.stdout.write(
    `${JSON.stringify({ jsonrpc: '2.0', id, ...service.respond(method, params, Number(token())) })}\n`,
  );
});
writeFileSync(join(folder, 'pid'), String(process.pid));

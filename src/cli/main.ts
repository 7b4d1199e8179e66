#!/usr/bin/env node
import { HealError } from '../errors.ts';
import { parseSimpleProxy } from './simple-proxy.ts';

try {
  // Clients wait for their servers, so the common form of the proxy command starts without loading the full parser.
  const plain = parseSimpleProxy(process.argv.slice(2));
  if (plain === undefined) {
    const { runProgram } = await import('./program.ts');
    await runProgram();
  } else {
    const { proxy } = await import('./proxy.ts');
    process.exitCode = await proxy(plain.command, plain.options);
  }
} catch (error) {
  if (error instanceof HealError) {
    console.error(`healflow: ${error.message}`);
    process.exitCode = 2;
  } else {
    console.error(error);
    process.exitCode = 1;
  }
}

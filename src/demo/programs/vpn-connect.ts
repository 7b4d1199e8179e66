/** Starts the tunnel in the background: `vpn-connect.js TUNNEL`. */
import { spawn } from 'node:child_process';
import { programFile } from '../world/program.ts';

const tunnel = spawn(process.execPath, [programFile('tunnel'), process.argv[2] ?? ''], {
  detached: true,
  stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
});
tunnel.once('message', () => {
  console.log('the tunnel is up');
  tunnel.disconnect();
  tunnel.unref();
});
tunnel.once('exit', (code) => {
  console.error(`the tunnel ended with code ${code}`);
  process.exitCode = 1;
});

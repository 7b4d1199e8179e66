/**
 * `healflow proxy` that also reports the states of its runs: `proxy.js TRAIL_PORT CONFIG MEMORY COMMAND [ARG...]`.
 * It calls the same function as the command line.
 */
import { connect } from 'node:net';
import { proxy } from '../../cli/proxy.ts';
import { stepOf } from '../trail.ts';
import { loopback } from '../world/http.ts';

const [trailPort = '', config = '', memory = '', ...command] = process.argv.slice(2);
const trail = connect(Number(trailPort), loopback);
// The proxy continues if the listener is gone.
trail.on('error', () => {});
trail.unref();

process.exitCode = await proxy(command, { config, memory }, (event) => {
  const step = stepOf(event);
  if (step !== null) trail.write(`${JSON.stringify(step)}\n`);
});

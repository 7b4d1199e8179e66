/**
 * `healflow proxy`, which also tells where its runs are: `proxy.js TRAIL_PORT CONFIG MEMORY COMMAND [ARG...]`.
 * It runs the very function that the command line runs.
 */
import { connect } from 'node:net';
import { proxy } from '../../cli/proxy.ts';
import { stepOf } from '../trail.ts';
import { loopback } from '../world/http.ts';

const [trailPort = '', config = '', memory = '', ...command] = process.argv.slice(2);
const trail = connect(Number(trailPort), loopback);
// Nobody listens any more: the proxy goes on all the same.
trail.on('error', () => {});
trail.unref();

process.exitCode = await proxy(command, { config, memory }, (event) => {
  const step = stepOf(event);
  if (step !== null) trail.write(`${JSON.stringify(step)}\n`);
});

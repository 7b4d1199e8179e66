/** A tunnel that stays up until its remote end closes it: `tunnel.js TUNNEL`. */
import { readFileSync } from 'node:fs';
import { openTunnel } from '../world/tunnel.ts';
import type { TunnelFacts } from '../world/vpn.ts';

const facts = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as TunnelFacts;
const { ended } = await openTunnel(facts);
process.send?.('up');
await ended;
process.exit();

// The fix that brings the connection up: asks the network of the campaign for it. node reconnect.mjs URL
const { ok } = await fetch(process.argv[2] ?? '', { method: 'POST' });
process.exitCode = ok ? 0 : 1;

// The fix commands of the suite.
//   node fix.mjs CONTROL-URL token_refresh            prints a new token
//   node fix.mjs CONTROL-URL kube_login               renews the login of the machine
//   node fix.mjs CONTROL-URL vpn_connect              opens the backend's port
//   node fix.mjs CONTROL-URL vpn_connect FROM TO      stays in the foreground and forwards one port to another
import { connect, createServer } from 'node:net';

const [control, name, ...rest] = process.argv.slice(2);
const response = await fetch(`${control}/fix/${name}`, { method: 'POST' });
if (!response.ok) process.exit(1);
const text = await response.text();

if (name === 'vpn_connect') {
  const [from, to] = rest.map(Number);
  if (from !== undefined) {
    createServer((socket) => {
      const other = connect(to, '127.0.0.1');
      socket.pipe(other).pipe(socket);
      for (const [one, two] of [
        [socket, other],
        [other, socket],
      ]) {
        one.on('error', () => two.destroy()).on('close', () => two.destroy());
      }
    }).listen(from, '127.0.0.1');
    // Whatever happens to the process that started it, it ends with the row.
    setInterval(async () => {
      const alive = await fetch(`${control}/alive`).catch(() => ({ ok: false }));
      if (!alive.ok) process.exit(0);
    }, 1_000);
  }
} else process.stdout.write(`${text}\n`);

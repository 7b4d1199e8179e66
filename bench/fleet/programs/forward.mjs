// Passes connections from this machine's loopback on to another address, port by port. Arguments: the address, and the ports.
// healflow speaks without TLS only with loopback.
import { connect, createServer } from 'node:net';

const [host, ...ports] = process.argv.slice(2);
for (const port of ports) {
  const server = createServer((near) => {
    const far = connect(Number(port), host);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  await new Promise((resolve) => server.listen(Number(port), '127.0.0.1', resolve));
}
console.log('{"ready":true}');

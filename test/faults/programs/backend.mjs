// The service behind the tools: an HTTP server that has one effect per request and breaks as instructed.
// Every effect is a line in the journal, a file that outlives this process: node backend.mjs JOURNAL PORT.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [journal, port] = process.argv.slice(2);

/** Effects that began and are not written yet. */
const pending = new Set();
const takeEffect = (call) => appendFileSync(journal, `${call}\n`);
const takeEffectLater = (call) => {
  const effect = new Promise((resolve) => {
    setTimeout(() => {
      takeEffect(call);
      pending.delete(effect);
      resolve();
    }, 15);
  });
  pending.add(effect);
};

const respond = (response, status, body, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
};
const done = (response, call) => respond(response, 200, { done: call });

/** How a request with a fault ends. */
const ends = {
  reset: ({ socket }) => socket.resetAndDestroy(),
  hang: () => {},
  half: ({ response, call, socket }) => {
    const body = JSON.stringify({ done: call, more: 'x'.repeat(200) });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
    response.write(body.slice(0, 20), () => setTimeout(() => socket.destroy(), 5));
  },
  exit: () => process.exit(3),
  wrongJson: ({ response }) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('<html><body>Welcome</body></html>');
  },
  slow: ({ response, call }) => setTimeout(() => done(response, call), 300),
  status: ({ response, fault }) =>
    respond(
      response,
      fault.status,
      { message: fault.message },
      fault.retryAfter === undefined ? {} : { 'retry-after': String(fault.retryAfter) },
    ),
};

const execute = ({ call, fault }, request, response) => {
  const { socket } = request;
  // Only a request with the old login meets this fault.
  const loggedIn = fault?.until === 'login' && request.headers.authorization === 'Bearer fresh';
  if (fault === undefined || loggedIn) {
    takeEffect(call);
    done(response, call);
    return;
  }
  if (fault.moment === 'after') takeEffect(call);
  if (fault.moment === 'during') {
    // A process that dies during the effect has done the first half of it, which counts.
    if (fault.end === 'exit') takeEffect(call);
    else takeEffectLater(call);
  }
  ends[fault.end]({ socket, response, call, fault });
};

createServer((request, response) => {
  if (request.method === 'GET') {
    void Promise.all(pending).then(() => respond(response, 200, {}));
    return;
  }
  let text = '';
  request.setEncoding('utf8');
  request.on('data', (piece) => {
    text += piece;
  });
  request.on('end', () => execute(JSON.parse(text), request, response));
}).listen({ host: '127.0.0.1', port: Number(port), backlog: 511 }, function listening() {
  process.send?.({ port: this.address().port });
});
process.on('disconnect', () => process.exit(0));

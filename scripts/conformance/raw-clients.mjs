// Clients on stdio and over Streamable HTTP that keep the exact text of each message.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const requestMs = 20_000;

/** The kind of a message from the server. */
const kindOf = ({ id, method }) => (method === undefined ? 'response' : id === undefined ? 'notification' : 'request');

/** Shared by both clients: responses by id, and all other messages in order. */
const createMailbox = (respond) => {
  const waiting = new Map();
  const others = [];
  return {
    others,
    take(text) {
      const message = JSON.parse(text);
      const kind = kindOf(message);
      if (kind === 'response') return waiting.get(message.id)?.(text);
      others.push(text);
      if (kind === 'request') respond(message);
    },
    /** Rejects after a time-out with an error that the other side of the comparison does not have. */
    responseTo(id) {
      return new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => reject(new Error(`no response to request ${id} within ${requestMs} ms`)),
          requestMs,
        );
        waiting.set(id, (text) => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(text);
        });
      });
    },
  };
};

/** @param responseTo The client's response to a request of the server, by method. */
export const openStdio = async ([command, ...args], { env, cwd, responseTo }) => {
  const child = spawn(command, args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stderr.resume();
  const ended = once(child, 'exit');
  const write = (message) => child.stdin.write(`${JSON.stringify(message)}\n`);
  const mailbox = createMailbox(({ id, method }) => write({ jsonrpc: '2.0', id, ...responseTo(method) }));
  let rest = Buffer.alloc(0);
  child.stdout.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      mailbox.take(rest.toString('utf8', 0, end));
      rest = rest.subarray(end + 1);
    }
  });
  return {
    others: mailbox.others,
    notify: async (message) => write(message),
    request: async (message) => {
      const response = mailbox.responseTo(message.id);
      write(message);
      return response;
    },
    close: async () => {
      child.stdin.end();
      const hard = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(hard);
    },
  };
};

/** Reads the messages of a stream of server-sent events, or of one JSON body. */
const readMessages = async (response, take) => {
  if (!(response.headers.get('content-type') ?? '').startsWith('text/event-stream')) {
    const text = await response.text();
    if (text !== '') take(text);
    return;
  }
  let rest = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    rest += piece.replaceAll('\r\n', '\n');
    for (let end = rest.indexOf('\n\n'); end >= 0; end = rest.indexOf('\n\n')) {
      const lines = rest.slice(0, end).split('\n');
      const data = lines.filter((line) => line.startsWith('data:')).map((line) => line.slice(5).replace(/^ /, ''));
      const text = data.join('\n');
      if (text !== '') take(text);
      rest = rest.slice(end + 2);
    }
  }
};

export const openHttp = async (url, { responseTo }) => {
  const closing = new AbortController();
  const session = {};
  const reading = [];
  const ask = (method, message) =>
    fetch(url, {
      method,
      headers: {
        accept: method === 'GET' ? 'text/event-stream' : 'application/json, text/event-stream',
        ...(message && { 'content-type': 'application/json' }),
        ...session,
        ...headersFor(message),
      },
      body: message && JSON.stringify(message),
      signal: closing.signal,
    });
  const mailbox = createMailbox(async ({ id, method }) => {
    const response = await ask('POST', { jsonrpc: '2.0', id, ...responseTo(method) });
    await response.body?.cancel();
  });
  const read = (response) => {
    reading.push(readMessages(response, mailbox.take).catch(() => {}));
  };
  return {
    others: mailbox.others,
    notify: async (message) => {
      const response = await ask('POST', message);
      await response.body?.cancel();
      if (message.method === 'notifications/initialized') {
        const stream = await ask('GET');
        if (stream.ok) read(stream);
        else await stream.body?.cancel();
      }
    },
    request: async (message) => {
      const response = await ask('POST', message);
      // An error is a response too; one that contains the request's id is compared without the status, which stdio does not have.
      if (!response.ok) {
        const text = await response.text();
        return text.includes(`"id":${message.id}`) ? text : `HTTP ${response.status} ${text}`;
      }
      if (message.method === 'initialize') {
        const id = response.headers.get('mcp-session-id');
        if (id !== null) session['mcp-session-id'] = id;
        session['mcp-protocol-version'] = message.params.protocolVersion;
      }
      const arrived = mailbox.responseTo(message.id);
      read(response);
      return arrived;
    },
    close: async () => {
      if (session['mcp-session-id'] !== undefined) await (await ask('DELETE')).body?.cancel();
      closing.abort();
      await Promise.all(reading);
    },
  };
};

const nameKeys = { 'tools/call': 'name', 'prompts/get': 'name', 'resources/read': 'uri' };

/** The headers that 2026-07-28 requires for a message. */
const headersFor = (message) => {
  const version = message?.params?._meta?.['io.modelcontextprotocol/protocolVersion'];
  if (version === undefined) return {};
  const name = message.params[nameKeys[message.method]];
  return {
    'mcp-protocol-version': version,
    'mcp-method': message.method,
    ...(name !== undefined && { 'mcp-name': name }),
  };
};

// Loaded into a server with `--require`. Plays the resolver for one name: unknown while the control says so, else loopback.
const dns = require('node:dns');
const http = require('node:http');

const { FIELD_HOST: host, FIELD_CONTROL: control } = process.env;
const lookup = dns.lookup;

const unknownHost = () =>
  Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), {
    ...{ errno: -3008, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: host },
  });

/** Calls back with whether the name is known. */
const ask = (answer) => {
  http
    .get(`${control}/host`, (response) => {
      response.resume();
      answer(response.statusCode === 200);
    })
    .on('error', () => answer(true));
};

dns.lookup = (name, options, callback) => {
  if (name !== host) return lookup(name, options, callback);
  const [settings, done] = typeof options === 'function' ? [{}, options] : [options, callback];
  ask((known) => {
    if (known) lookup('127.0.0.1', settings, done);
    else done(unknownHost());
  });
};
const { lookup: lookupLater } = dns.promises;
dns.promises.lookup = async (name, options) => {
  if (name !== host) return lookupLater(name, options);
  if (await new Promise(ask)) return lookupLater('127.0.0.1', options);
  throw unknownHost();
};

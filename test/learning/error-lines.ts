type Draw = <T>(of: readonly T[]) => T;

const names = 'web api shop cart billing auth search mailer ledger gateway worker redis-main pg-0 kafka-2 db1'.split(
  ' ',
);
const labels = 'example.com shop.internal corp.local svc.cluster.local eu-west-1.amazonaws.com acme.io'.split(' ');
const files = 'config.yaml index.js report-2026.csv .env main.py state.json backup.tar.gz id_rsa.pub'.split(' ');
const folders = '/var/lib/app /home/ana/work /tmp/build-81 /etc/app ./dist ../shared /srv/data/2026/11 /opt/x'.split(
  ' ',
);
const users = "root postgres ana.lima svc-deploy 'o''brien' reader app_rw ci42".replaceAll("'", '').split(' ');

/** What stands for the variable parts of a template. */
const slots: Readonly<Record<string, (random: () => number, draw: Draw) => string>> = {
  int: (random) => String(Math.floor(10 ** (1 + random() * 4))),
  small: (random) => String(1 + Math.floor(random() * 60)),
  port: (_, draw) => draw(['80', '443', '5432', '6379', '8080', '27017', '50051', '10250']),
  ip: (random) => Array.from({ length: 4 }, () => Math.floor(random() * 254) + 1).join('.'),
  host: (random, draw) => `${draw(names)}${random() < 0.5 ? '' : `-${Math.floor(random() * 9)}`}.${draw(labels)}`,
  name: (random, draw) => `${draw(names)}-${Math.floor(random() * 1e9).toString(36)}-${Math.floor(random() * 1e5)}`,
  plain: (_, draw) => draw(['web', 'api', 'shop', 'cart', 'billing', 'users', 'orders']),
  user: (_, draw) => draw(users),
  path: (_, draw) => `${draw(folders)}/${draw(files)}`,
  url: (random, draw) =>
    `https://${draw(names)}.${draw(labels)}/v${1 + Math.floor(random() * 3)}/${draw(names)}?page=${Math.floor(random() * 99)}`,
  hex: (random) => Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join(''),
  uuid: (random) =>
    [8, 4, 4, 4, 12]
      .map((size) => Array.from({ length: size }, () => Math.floor(random() * 16).toString(16)).join(''))
      .join('-'),
  time: (random) => new Date(1.76e12 + Math.floor(random() * 3e10)).toISOString(),
  clock: (random) => new Date(1.76e12 + Math.floor(random() * 3e10)).toISOString().slice(11, 19),
  seconds: (random, draw) =>
    draw([`${1 + Math.floor(random() * 90)}s`, `${(random() * 30).toFixed(3)}s`, '1m30s', '500ms']),
};

/** 40 failures as tools report them: what is in braces varies. */
export const templates: readonly string[] = [
  'connect ECONNREFUSED {ip}:{port}',
  'connect ETIMEDOUT {ip}:{port}',
  'getaddrinfo ENOTFOUND {host}',
  'getaddrinfo EAI_AGAIN {host}',
  'dial tcp {ip}:{port}: connect: connection refused',
  'dial tcp {ip}:{port}: i/o timeout',
  'dial tcp: lookup {host} on {ip}:53: no such host',
  'Get "{url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
  'curl: (6) Could not resolve host: {host}',
  'curl: (7) Failed to connect to {host} port {port} after {int} ms: Connection refused',
  'curl: (28) Operation timed out after {int} milliseconds with {int} bytes received',
  'curl: (22) The requested URL returned error: 401',
  'curl: (22) The requested URL returned error: 503',
  'Request failed with status code 502',
  'Request failed with status code 429',
  'Error from server (NotFound): pods "{name}" not found',
  'Error from server (Forbidden): pods "{name}" is forbidden: User "{user}" cannot get resource "pods" in API group "" in the namespace "{plain}"',
  'Unable to connect to the server: x509: certificate has expired or is not yet valid: current time {time} is after {time}',
  'error: You must be logged in to the server (Unauthorized)',
  'psql: error: connection to server at "{host}" ({ip}), port {port} failed: FATAL: password authentication failed for user "{user}"',
  'FATAL: sorry, too many clients already',
  'FATAL: remaining connection slots are reserved for roles with the SUPERUSER attribute',
  'ERROR: deadlock detected; Process {int} waits for ShareLock on transaction {int}; blocked by process {int}.',
  "ERROR 1045 (28000): Access denied for user '{user}'@'{ip}' (using password: YES)",
  "ERROR 2002 (HY000): Can't connect to local MySQL server through socket '{path}' (2)",
  'ORA-12541: TNS:no listener',
  'ORA-01017: invalid username/password; logon denied',
  "ENOENT: no such file or directory, open '{path}'",
  "EACCES: permission denied, open '{path}'",
  'java.net.SocketTimeoutException: Read timed out after {int} ms on {host}:{port}',
  'redis.exceptions.ConnectionError: Error 104 connecting to {host}:{port}. Connection reset by peer.',
  'MISCONF Redis is configured to save RDB snapshots, but it is currently not able to persist on disk ({int} changes in {seconds})',
  'botocore.exceptions.ClientError: An error occurred (ExpiredToken) when calling the ListBuckets operation: The security token included in the request is expired (request id {uuid})',
  'An error occurred (ThrottlingException) when calling the DescribeInstances operation (reached max retries: {small}): Rate exceeded',
  '{"error":{"code":401,"message":"Request had invalid authentication credentials.","status":"UNAUTHENTICATED","request_id":"{uuid}"}}',
  '{"error":{"code":503,"message":"The service is currently unavailable.","status":"UNAVAILABLE","request_id":"{uuid}"}}',
  'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp {ip}:{port}: connect: connection refused"',
  'Rate limit reached for organization org-{hex} on requests per min: limit {int}, used {int}. Please try again in {seconds}.',
  'remote: HTTP Basic: Access denied. The token {hex} for {user}@{host} was revoked at {time}',
  '{time} [error] {int}#{small}: *{int} upstream timed out (110: Connection timed out) while reading response header from upstream, client: {ip}, upstream: "{url}"',
];

/** Instances of a template. */
export const instancesOf = (template: string, count: number, random: () => number): string[] => {
  const draw: Draw = (of) => of[Math.floor(random() * of.length)] as (typeof of)[number];
  return Array.from({ length: count }, () =>
    template.replace(/\{([a-z]+)\}/g, (whole, kind: string) => slots[kind]?.(random, draw) ?? whole),
  );
};

// The checks that differ for a reason, by name. Only differences between the transports belong here.

const toStdio = ['HTTP -> stdio', 'HTTP -> shared stdio'];
const everything = { server: 'server-everything' };
const onForeignHost = {
  ...everything,
  scenario: 'dns-rebinding-protection',
  check: 'localhost-host-rebinding-rejected',
  reason: 'The proxy itself rejects a foreign Host or Origin; this server accepts all of them over HTTP.',
};
/** @type {{ mode: string | readonly string[], server?: string, scenario: string, check: string, reason: string }[]} */
export const exceptions = [
  {
    mode: toStdio,
    server: 'the fixture server',
    scenario: 'server-sse-polling',
    check: 'server-sse-disconnect-resume',
    reason: 'The tool ends its own HTTP stream early; a server on stdio has no stream to end.',
  },
  {
    ...everything,
    mode: toStdio,
    scenario: 'server-session-lifecycle',
    check: 'server-session-terminated-returns-404',
    reason: 'Sessions belong to the proxy, stdio has none; over HTTP this server responds with 400, but 404 is right.',
  },
  {
    ...everything,
    mode: toStdio,
    scenario: 'server-sse-polling',
    check: 'server-sse-retry-field',
    reason: 'The event stream belongs to the proxy, which sends a retry field; over HTTP this server sends none.',
  },
  { ...onForeignHost, mode: toStdio },
  { ...onForeignHost, mode: 'HTTP -> HTTP' },
];

/** @returns the exception that covers a difference. */
export const exceptionFor = (difference) =>
  exceptions.find((exception) =>
    ['mode', 'server', 'scenario', 'check'].every(
      (key) => exception[key] === undefined || [exception[key]].flat().includes(difference[key]),
    ),
  );

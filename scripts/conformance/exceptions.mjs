// The checks that differ for a reason, by name. Only what one transport has and the other has not belongs here.

const toStdio = ['HTTP -> stdio', 'HTTP -> shared stdio'];
const everything = { server: 'server-everything' };
const onForeignHost = {
  ...everything,
  scenario: 'dns-rebinding-protection',
  check: 'localhost-host-rebinding-rejected',
  reason: 'The proxy refuses a foreign Host or Origin by itself; the HTTP side of this server lets every one in.',
};
/** @type {{ way: string | readonly string[], server?: string, scenario: string, check: string, reason: string }[]} */
export const exceptions = [
  {
    way: toStdio,
    server: 'the fixture server',
    scenario: 'server-sse-polling',
    check: 'server-sse-disconnect-resume',
    reason: 'The tool ends its own HTTP stream half-way; a server on stdio has no stream to end.',
  },
  {
    ...everything,
    way: toStdio,
    scenario: 'server-session-lifecycle',
    check: 'server-session-terminated-returns-404',
    reason: 'Sessions are the proxy’s, stdio has none; the HTTP side of this server answers 400 where 404 is right.',
  },
  {
    ...everything,
    way: toStdio,
    scenario: 'server-sse-polling',
    check: 'server-sse-retry-field',
    reason: 'The stream of events is the proxy’s, which says when to come back; the HTTP side of this server does not.',
  },
  { ...onForeignHost, way: toStdio },
  { ...onForeignHost, way: 'HTTP -> HTTP' },
];

/** @returns the exception that covers a difference. */
export const exceptionFor = (difference) =>
  exceptions.find((exception) =>
    ['way', 'server', 'scenario', 'check'].every(
      (key) => exception[key] === undefined || [exception[key]].flat().includes(difference[key]),
    ),
  );

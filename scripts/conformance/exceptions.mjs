// The checks that differ for a reason, by name. Only what one transport has and the other has not belongs here.

const everything = { server: 'server-everything' };
const onForeignHost = {
  ...everything,
  scenario: 'dns-rebinding-protection',
  check: 'localhost-host-rebinding-rejected',
  reason: 'The proxy refuses a foreign Host or Origin by itself; the HTTP side of this server lets every one in.',
};
const ofToolHeaders = (check) => ({
  way: 'stdio -> HTTP',
  scenario: 'http-invalid-tool-headers',
  check,
  reason:
    'A client on stdio sends no headers, so it has no reason to leave out a tool whose x-mcp-header is wrong; ' +
    'the proxy hands on the list as the server gives it.',
});

/** @type {{ way: string, server?: string, scenario: string, check: string, reason: string }[]} */
export const exceptions = [
  {
    way: 'HTTP -> stdio',
    server: 'the fixture server',
    scenario: 'server-sse-polling',
    check: 'server-sse-disconnect-resume',
    reason: 'The tool ends its own HTTP stream half-way; a server on stdio has no stream to end.',
  },
  {
    ...everything,
    way: 'HTTP -> stdio',
    scenario: 'server-session-lifecycle',
    check: 'server-session-terminated-returns-404',
    reason: 'Sessions are the proxy’s, stdio has none; the HTTP side of this server answers 400 where 404 is right.',
  },
  { ...onForeignHost, way: 'HTTP -> stdio' },
  { ...onForeignHost, way: 'HTTP -> HTTP' },
  ofToolHeaders('sep-2243-x-mcp-header-not-empty'),
  ofToolHeaders('sep-2243-x-mcp-header-primitive-only'),
  ofToolHeaders('sep-2243-x-mcp-header-unique'),
  ofToolHeaders('sep-2243-x-mcp-header-charset'),
];

/** @returns the exception that covers a difference. */
export const exceptionFor = (difference) =>
  exceptions.find((exception) =>
    ['way', 'server', 'scenario', 'check'].every(
      (key) => exception[key] === undefined || exception[key] === difference[key],
    ),
  );

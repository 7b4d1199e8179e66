import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { load, problemsOf, refusal } from './support.ts';

const fixNames =
  'kube_login, token_refresh, vpn_connect, retry_backoff, cache_clear, wait_retry; a command of your own belongs under `fixes.own`';

describe('a problem in healflow.yaml', () => {
  it('is reported with file, line, column, the line itself and carets', async () => {
    expect(await refusal(load('log: all\natempts: 3\n'))).toEqual({
      code: 'CONFIG_INVALID',
      lines: [
        "healflow.yaml:2:1: unknown key 'atempts'; did you mean 'attempts'?",
        '  2 | atempts: 3',
        '    | ^^^^^^^',
      ],
    });
  });

  it('is reported together with all the others, in the order of the file', async () => {
    expect(
      await problemsOf(`attempts: "3"
deadlineMs: 45s
log: al
tools:
  a: { kind: ro }
fixes:
  kube_logn: {}
  retry_backoff: true
`),
    ).toEqual([
      "healflow.yaml:1:11: expected a number, got the text '3'; write it without quotes",
      "healflow.yaml:2:13: expected a number, got the text '45s'; durations are in milliseconds: 45000",
      "healflow.yaml:3:6: expected one of failures, all, got the text 'al'; did you mean 'all'?",
      "healflow.yaml:5:14: expected one of read-only, idempotent, additive, destructive, unannotated, got the text 'ro'",
      `healflow.yaml:7:3: unknown fix 'kube_logn'; did you mean 'kube_login'? the built-in fixes are ${fixNames}`,
      'healflow.yaml:8:18: expected false or a map, got true',
    ]);
  });

  it.each([
    [
      'a fix that does not exist',
      'fixes:\n  dance: {}\n',
      `2:3: unknown fix 'dance'; the built-in fixes are ${fixNames}`,
    ],
    [
      'an own fix outside of `own`',
      'fixes:\n  restart_tunnel: { command: [restart] }\n',
      `2:3: unknown fix 'restart_tunnel'; the built-in fixes are ${fixNames}`,
    ],
    [
      'an own fix with a name that has a blank',
      'fixes:\n  own:\n    "restart it": { command: [restart] }\n',
      "3:5: the name 'restart it' is not allowed: expected letters, digits, `.`, `_` and `-`",
    ],
    ['an own fix without a command', 'fixes:\n  own:\n    restart: {}\n', "3:5: the key 'command' is missing"],
    [
      'an unknown key of an own fix',
      'fixes:\n  own:\n    restart: { command: [restart], coolDownMs: 1 }\n',
      "3:36: unknown key 'coolDownMs'; did you mean 'cooldownMs'?",
    ],
    [
      'an own fix that settles for too long',
      'fixes:\n  own:\n    restart: { command: [restart], settleMs: 30000 }\n',
      '3:46: `settleMs` must be less than the `timeoutMs` of the fix, 30000; raise `timeoutMs`',
    ],
    [
      'an own fix that is shared without a database',
      'fixes:\n  own:\n    restart: { command: [restart], share: { fleet: a } }\n',
      '3:36: `share.fleet` needs a database; set `fleet.urlEnv` to the environment variable that holds its URL',
    ],
    ['another spelling of a key', 'deadline_ms: 3\n', "1:1: unknown key 'deadline_ms'; did you mean 'deadlineMs'?"],
    ['half a key', 'memory: x\n', "1:1: unknown key 'memory'; did you mean 'memoryDir'?"],
    ['zero attempts', 'attempts: 0\n', '1:11: expected at least 1, got the number 0'],
    ['too many attempts', 'attempts: 21\n', '1:11: expected at most 20, got the number 21'],
    ['half an attempt', 'attempts: 2.5\n', '1:11: expected a whole number, got the number 2.5'],
    ['a list at the top', '- a\n', '1:1: expected a map, got a list'],
    ['a text at the top', 'hello\n', "1:1: expected a map, got the text 'hello'"],
    [
      'a command as a text',
      'fixes:\n  kube_login:\n    command: kubelogin --cluster a b\n',
      "3:14: expected a list, got the text 'kubelogin --cluster a b'; a command is a list of its words: [kubelogin, --cluster, a, ...]",
    ],
    [
      'an empty command',
      'fixes:\n  kube_login: { command: [] }\n',
      '2:17: a command needs at least the program to run',
    ],
    ['a text for a list', 'secretEnv: X\n', "1:12: expected a list, got the text 'X'; a list of one is [X]"],
    ['a number for a text', 'memoryDir: 5\n', '1:12: expected a text, got the number 5; put it in quotes'],
    ['a missing key', 'fixes:\n  vpn_connect: { command: [vpn] }\n', "2:3: the key 'probe' is missing"],
    [
      'a key that is unknown in the second of two entries',
      'fixes:\n  cache_clear:\n    - { folders: [a], allowedRoots: [.] }\n    - { foldrs: [b] }\n',
      "4:9: unknown key 'foldrs'; did you mean 'folders'?",
    ],
    [
      'a probe of an unknown kind',
      'fixes:\n  kube_login: { command: [a], probe: { tpc: "a:1" } }\n',
      '2:31: a probe is exactly one of `command`, `tcp` and `http`',
    ],
    [
      'a probe of two kinds',
      'fixes:\n  kube_login: { command: [a], probe: { tcp: "a:1", http: "http://a" } }\n',
      '2:31: a probe is exactly one of `command`, `tcp` and `http`',
    ],
    [
      'a bad address',
      'fixes:\n  kube_login: { command: [a], probe: { tcp: a } }\n',
      "2:45: expected host:port, got the text 'a'",
    ],
    [
      'a bad URL',
      'fixes:\n  kube_login: { command: [a], probe: { http: a } }\n',
      "2:46: expected a URL, as in https://host.example/path, got the text 'a'",
    ],
  ])('names %s', async (_, text, problem) => {
    expect(await problemsOf(text)).toEqual([`healflow.yaml:${problem}`]);
  });

  it.each([
    ['a key that stands there twice', 'log: all\nlog: all\n', "2:1: the key 'log' is given twice; remove one"],
    ['a tab', 'fixes:\n\tkube_login: {}\n', '2:1: a tab cannot indent YAML; use spaces'],
    ['an open quote', 'log: "all\n', '1:6: a quote is never closed'],
    [
      'an open bracket',
      'secretEnv: [A\n',
      '2:1: flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    ['a second document', 'log: all\n---\nlog: all\n', '2:1: the file has more than one YAML document; keep one'],
    ['a stray alias', 'secretEnv: *names\n', '1:12: nothing is named &names above'],
    ['a colon in a value', 'memoryDir: a: b\n', '1:12: a `key: value` within a value; put the value in quotes'],
    ['a tag', 'log: !!js/function all\n', '1:6: unresolved tag: tag:yaml.org,2002:js/function'],
  ])('names %s', async (_, text, problem) => {
    expect(await problemsOf(text)).toEqual([`healflow.yaml:${problem}`]);
  });

  it('is reported once for a hundred that follow from it, and cut after twenty', async () => {
    const many = Array.from({ length: 30 }, (_, index) => `key${index}: 1\n`).join('');
    const problems = await problemsOf(many);
    expect(problems).toHaveLength(21);
    expect(problems.at(-1)).toBe('... and 10 more problems');
    expect(await problemsOf('a: '.repeat(100))).toHaveLength(1);
  });

  it.each([
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.replace(/./g, (key, at) => `${key}: &${key} [${`*${'abcdefgh'[at]},`.repeat(9)}]\n`)}`,
    ],
    ['an alias of itself', 'a: &a [*a]\n'],
    ['brackets without end', '['.repeat(1_000_000)],
    ['brackets that just fit', `a: ${'['.repeat(900)}`],
    ['a line without end', `x: ${'a'.repeat(500_000)}`],
    ['NUL and escapes', 'log: "\\u0000\\e[31m"\n\u0000'],
  ])('is found in bounded time and told in few words for %s', async (_, text) => {
    const { code, lines } = await refusal(load(text));
    expect(code).toBe('CONFIG_INVALID');
    expect(lines.join('\n').length).toBeLessThan(1_000);
    expect(lines.join(' ')).not.toMatch(/\p{Cc}/u);
  });

  it('does not show the secrets that stand in its line', async () => {
    const { lines } = await refusal(
      load('fixes:\n  kube_login: { command: [login, --password, dummy-hunter2], tmeoutMs: 1 }\n'),
    );
    expect(lines.join('\n')).not.toContain('hunter2');
    expect(lines[0]).toBe("healflow.yaml:2:62: unknown key 'tmeoutMs'; did you mean 'timeoutMs'?");
  });

  it('is shown from shortly before it in a long line', async () => {
    const { lines } = await refusal(load(`secretEnv: [${'A, '.repeat(100)}3]\n`));
    expect(lines[1]?.length).toBeLessThan(140);
    expect(lines[2]?.indexOf('^')).toBe(lines[1]?.indexOf('3]'));
  });

  it('points right in a file with carriage returns', async () => {
    expect((await refusal(load('log: all\r\natempts: 3\r\n'))).lines).toEqual([
      "healflow.yaml:2:1: unknown key 'atempts'; did you mean 'attempts'?",
      '  2 | atempts: 3',
      '    | ^^^^^^^',
    ]);
  });
});

describe('parts that do not fit together', () => {
  it.each([
    [
      'kube_login without a command',
      'kube_login: {}',
      '2:3: kube_login has no command; give it `command`, or `clusters` with a command each',
    ],
    [
      'a cluster without a command',
      'kube_login: { clusters: { a: {} } }',
      "2:29: no command for the cluster 'a'; give it `command` here, or give one to the whole entry",
    ],
    [
      'a default cluster that is none',
      'kube_login: { command: [a], clusters: { b: {} }, defaultCluster: c }',
      "2:68: the cluster 'c' is not among `clusters`; use one of b",
    ],
    [
      'a {cluster} that nothing names',
      "kube_login: { command: [a, '{cluster}'] }",
      '2:30: the command contains {cluster}, but no cluster is configured; add `clusters` or `defaultCluster`',
    ],
    [
      'token_refresh without a way',
      'token_refresh: {}',
      '2:3: token_refresh has no way to get a token; give it `command` or `oauth`',
    ],
    [
      'oauth without an endpoint',
      'token_refresh: { oauth: { clientId: a, refreshTokenFile: b } }',
      '2:20: oauth has neither `issuer` nor `tokenEndpoint`; add one of them',
    ],
    [
      'a header without the token',
      'token_refresh: { command: [a], deliver: { header: { name: a, value: b } } }',
      '2:71: the header does not contain {token}; put {token} where the new token belongs',
    ],
    [
      'an unknown placeholder',
      'token_refresh: { command: [a], deliver: { env: { name: A, value: "db:{tokn}@host" } } }',
      '2:72: unknown placeholder {tokn}; use {token}, {token:url} or {token:json}',
    ],
    [
      'an unknown placeholder in a header in one line',
      'token_refresh: { command: [a], deliver: { header: "A: Bearer {token:hex}" } }',
      '2:64: unknown placeholder {token:hex}; use {token}, {token:url} or {token:json}',
    ],
    [
      'arguments without the token',
      'token_refresh: { command: [a], deliver: { args: [server.js] } }',
      '2:45: no argument contains {token}; put {token} where the new token belongs',
    ],
    [
      'a token that oauth has already',
      'token_refresh: { oauth: { issuer: "https://a.example", clientId: a, refreshTokenFile: b }, tokenSource: { file: c } }',
      '2:94: `tokenSource` is for a `command`; `oauth` has a token of its own; remove it',
    ],
    [
      'a token that goes nowhere',
      'token_refresh: { command: [a], tokenSource: { file: c } }',
      '2:34: the token is delivered nowhere; add `deliver`',
    ],
    [
      'a fix that settles for longer than it may take',
      'kube_login: { command: [a], timeoutMs: 500, settleMs: 500 }',
      '2:57: `settleMs` must be less than the `timeoutMs` of the fix, 500; raise `timeoutMs`',
    ],
    [
      'cache_clear with nothing to clear',
      'cache_clear: {}',
      '2:3: cache_clear has nothing to clear; give it `folders` with `allowedRoots`, or a `tool`',
    ],
    [
      'folders without roots',
      'cache_clear: { folders: [a] }',
      '2:18: folders are only emptied inside of `allowedRoots`; name the folders that they must be inside of',
    ],
  ])('are told: %s', async (_, fix, problem) => {
    expect(await problemsOf(`fixes:\n  ${fix}\n`)).toEqual([`healflow.yaml:${problem}`]);
  });

  it('are fine where the program gives the fix as a function', async () => {
    const config = { fixes: { token_refresh: {} } };
    await expect(loadConfig({ config, functions: ['token_refresh'] })).resolves.toMatchObject({ file: null });
  });
});

describe('a problem in a pattern', () => {
  it.each([
    ['plain', 'fo(o', '4:13'],
    ['single-quoted', "'it''s fo(o'", '4:20'],
    ['double-quoted', '"\\\\d\\u0041fo(o"', '4:23'],
    ['literal', '|-\n      foo\n      b(ar', '6:8'],
  ])('is reported at its own place in a %s expression', async (_, text, place) => {
    const [problem] = await problemsOf(`patterns:\n  - id: a\n    class: auth\n    text: ${text}\n`);
    expect(problem).toBe(`healflow.yaml:${place}: not a valid expression: a parenthesis is never closed`);
  });

  it('is reported even where something else is wrong', async () => {
    expect(
      await problemsOf('patterns:\n  - { id: a, class: auth, text: "(?=x)" }\n  - { id: b, class: atuh, text: x }\n'),
    ).toEqual([
      'healflow.yaml:2:34: not a valid expression: invalid or unsupported Perl syntax: (?=; RE2 has no look-around',
      "healflow.yaml:3:21: expected one of auth, network, resource, rate, server, usage, none, got the text 'atuh'; did you mean 'auth'?",
    ]);
  });

  it('is reported in the file that it stands in', async () => {
    expect(
      await problemsOf('patternFiles: [a.yaml, b.yaml, c.yaml]\n', {
        'a.yaml': '- { id: one, class: auth, text: x, examples: [y] }\n',
        'b.yaml': 'patterns:\n  - { id: one, class: auth, text: z, fix: kubelogin }\n',
      }),
    ).toEqual([
      'healflow.yaml:1:32: the pattern file c.yaml does not exist',
      'a.yaml:1:47: the pattern does not match its own example "y"',
      `b.yaml:2:43: unknown fix 'kubelogin'; did you mean 'kube_login'? the built-in fixes are ${fixNames}`,
    ]);
  });

  it('is reported where a pattern proposes a command that `fixes.own` does not have, with what it may have meant', async () => {
    const rest =
      'the built-in fixes are kube_login, token_refresh, vpn_connect, retry_backoff, cache_clear, wait_retry';
    const pattern = (id: string, fix: string) => `{ id: ${id}, class: server, text: ${id}, fix: ${fix} }`;
    const own = 'fixes: { own: { restart_tunnel: { command: [restart] } } }\n';
    expect(
      await problemsOf(
        `${own}patterns:\n  - ${pattern('a', '[retry_backoff, own:restart_tunel]')}\n  - ${pattern('b', 'own:restart_tunnel')}\npatternFiles: [more.yaml]\n`,
        { 'more.yaml': `- ${pattern('c', 'own:other')}\n` },
      ),
    ).toEqual([
      `healflow.yaml:3:59: unknown fix 'own:restart_tunel'; did you mean 'own:restart_tunnel'? ${rest}; your own are own:restart_tunnel`,
      `more.yaml:1:41: unknown fix 'own:other'; ${rest}; your own are own:restart_tunnel`,
    ]);
    expect(await problemsOf(`${own}patterns: [${pattern('a', 'restart_tunnel')}]\n`)).toEqual([
      `healflow.yaml:2:50: unknown fix 'restart_tunnel'; did you mean 'own:restart_tunnel'? ${rest}; your own are own:restart_tunnel`,
    ]);
  });

  it('is reported where an id is taken, within a file or across two', async () => {
    const one = '{ id: one, class: auth, text: x }';
    expect(await problemsOf(`patternFiles: [a.yaml]\npatterns: [${one}]\n`, { 'a.yaml': `- ${one}\n` })).toEqual([
      'a.yaml:1:9: the id "one" is already taken by pattern 1',
    ]);
  });

  it('is no problem where two claim one example: they only need an order', async () => {
    const text =
      'patterns:\n  - { id: a, class: auth, text: x, examples: [xy] }\n  - { id: b, class: auth, text: y }\n';
    await expect(load(text)).resolves.toMatchObject({ config: { patterns: [{ id: 'a' }, { id: 'b' }] } });
  });
});

describe('a problem in an object', () => {
  it('is reported by its path', async () => {
    const config = {
      atempts: 3,
      fixes: { vpn_connect: [{ command: 'up' }], retry_backoff: { baseMs: 'x' } },
      tools: { 'k8s-*': { kind: 'ro' } },
      patterns: [{ id: 'x', class: 'auth', text: '(a' }],
    };
    expect(new Set((await refusal(loadConfig({ config: config as never }))).lines)).toEqual(
      new Set([
        "config: unknown key 'atempts'; did you mean 'attempts'?",
        "config.fixes.retry_backoff.baseMs: expected a number, got the text 'x'",
        "config.fixes.vpn_connect[0].command: expected a list, got the text 'up'; a command is a list of its words: [up]",
        "config.fixes.vpn_connect[0]: the key 'probe' is missing",
        'config.patterns[0].text: not a valid expression: a parenthesis is never closed',
        'config.tools["k8s-*"].kind: expected one of read-only, idempotent, additive, destructive, unannotated, got the text \'ro\'',
      ]),
    );
  });

  it.each([[null], [[]], ['text'], [5]])('is reported where the whole is %j', async (config) => {
    expect((await refusal(loadConfig({ config: config as never }))).lines[0]).toMatch(/^config: expected a map, got /);
  });
});

import { describe, expect, it } from 'vitest';
import { marked, redact } from './support.ts';

describe('a value under the name of a secret is masked', () => {
  it.each([
    ['JSON', '{"user":"ci","password":"{hunter2}","x":1}'],
    ['JSON with spaces', '{ "client_secret" : "{dummy secret}" }'],
    ['JSON with an escaped quote', '{"password":"{a\\"b2}"}'],
    ['JSON in JSON', '"{\\"password\\":\\"{hunter2}\\"}"'],
    ['JSON in JSON in JSON', '{\\\\\\"token\\\\\\":\\\\\\"{dummy}\\\\\\"}'],
    ['JSON that was cut', '{"password":"{hunter2}'],
    ['a number in JSON', '{"password": {12345678}, "x": 1}'],
    ['a list in JSON', '{"passwords": ["{hunter2}"]}'],
    ['a Python dict', "{'password': '{hunter2}'}"],
    ['Python bytes', "{'password': b'{hunter2}'}"],
    ['YAML', 'user: ci\npassword: {hunter2}\nhost: db\n'],
    ['YAML of letters only', 'db:\n  password: {correcthorse}\n'],
    ['YAML with a comment', '  token: {dummytoken} # of ci\n'],
    ['YAML in quotes', "password: '{it is hunter2}'\n"],
    ['a YAML block', 'password: |\n  {hunter2}\nuser: ci\n'],
    ['TOML', 'db_password = "{hunter2}"\n'],
    ['INI', 'password = {hunter2}\n'],
    ['.npmrc', '//registry.example.com/:_authToken={dummy-token}\n'],
    ['an environment file', 'PGPASSWORD={hunter2}\nPGHOST=db\n'],
    ['a variable that may hold a path', 'PWD={hunter2}\nHOME=/home/dummy\n'],
    ['a short name', 'PASSWD={hunter2}\n'],
    ['export', "export API_TOKEN='{dummy}'"],
    ['docker inspect', '"Env": ["DB_PASSWORD={hunter2}", "HTTP_TIMEOUT=500"]'],
    ['a query string', 'GET /v1/now?q=Graz&api_key={dummykey}&x=1 failed'],
    ['an escaped query string', 'next=%2Fx%3Faccess_token%3D{dummytoken}%26x%3D1'],
    ['a form', 'grant_type=refresh_token&refresh_token={dummy.1}&client_id=a'],
    ['nested form keys', 'user[password]={hunter2}&user[name]=x'],
    ['a connection string', 'Server=db;User Id=sa;Password={hunter2};Database=x'],
    ['a libpq string', "host=db user=app password='{hunter 2}' dbname=x"],
    ['Java toString', 'Config{user=app, password={hunter2}, host=db}'.replace('Config{', 'Config(')],
    ['a header', 'X-Api-Key: {dummykey1}\nAccept: */*'],
    ['Authorization: Bearer', '> Authorization: Bearer {dummytoken}\n>'],
    ['Authorization: Basic', 'authorization: Basic {ZHVtbXk=}\r\n'],
    ['Authorization: token', 'Authorization: token {dummytoken}'],
    ['Authorization without a scheme', 'Authorization: {dummy-1234}'],
    ['Authorization with parameters', 'Authorization: {Digest username=a, response=0123}\n'],
    ['Authorization in JSON', '{"Authorization":"Bearer {dummytoken}"}'],
    [
      'Authorization in a list',
      '{"authorization":["Bearer {dummytoken}"]}'.replace('Bearer {dummytoken}', '{Bearer dummytoken}'),
    ],
    ['Authorization of curl', "curl -H 'Authorization: Bearer {dummytoken}' https://x.example"],
    ['Cookie', 'Cookie: {sid=dummy; theme=dark}\n'],
    ['Set-Cookie', 'set-cookie: {session=dummy; Path=/; HttpOnly}\r\n'],
    ['a flag', 'helm login --password {hunter2} --host x'],
    ['a flag with =', 'tool --client-secret={hunter2} --host x'],
    ['a single dash', 'keytool -storepass {hunter2} -list'],
    ['a list of words', '["login", "--password", "{hunter2}"]'],
    ['a flow list of words', '[login, --password, {hunter2}]'],
    ['XML', '<User>ci</User><Password>{hunter2}</Password>'],
    ['XML with a prefix', '<wsse:Password>{hunter2}</wsse:Password>'],
    ['SQL', "ALTER USER app WITH PASSWORD '{hunter2}' VALID UNTIL '2027-01-01'"],
    ['SQL that is misspelt', "alter user app passwrd '{hunter2}'"],
    ['a function of SQL', "SET x = password('{hunter2}')"],
    ['a table', 'Key       Value\n---       -----\ntoken     {dummy.token}\npolicies  [root]\n'],
    ['a table with bars', '| password | {hunter2} |\n'],
    ['a sentence with a digit', 'The password is {hunter2}.'],
    ['a comment', 'the test user is qa-401, password={hunter2} (works only on staging)'],
    ['a sentence about what was rejected', '"detail":"Token expired: {DM4711_dummytoken_XY}","code"'],
    ['a rejection in parentheses', 'API key is not valid ({DK4711dummykey77XY})'],
    ['a token that is called invalid', 'Invalid token: {DM4711_dummytoken_XY}'],
    ['a token between its name and its end', 'the token {DM4711_dummytoken_XY} has expired'],
    ['a colon in a sentence', 'Log in with password: {hunter2} and go on'],
    ['an escaped line break before it', 'output: ok\\npassword={hunter2}\\nend'],
    ['an auth field of Docker', '{"auths":{"x":{"auth":"{Y2k6aHVudGVyMg==}"}}}'],
    ['a signature', '?se=2026&sig={dummy0123456789DUMMY%3D}&sp=r'],
    ['a container of Kubernetes', '        - name: DB_PASSWORD\n          value: {dummyword}\n        - name: X\n'],
    ['a container in JSON', '{"name":"API_TOKEN","value":"{dummyword}"}'],
    ['a variable of GitLab', '{"key":"DEPLOY_TOKEN","value":"{dummyword}","masked":true}'.replace('{"key', '("key')],
    ['an entry of .NET', '<add key="ApiKey" value="{dummyword}" />'],
    [
      'a parameter of CloudFormation',
      '{"ParameterKey":"DbPassword","ParameterValue":"{dummyword}"}'.replace('{"Par', '("Par'),
    ],
    ['a struct of Go', '&{User:app Password:{dummyword} Host:db}'.replace('&{', '&(')],
    ['a header in quotes', "curl -H 'PRIVATE-TOKEN: {dummyword}' https://x.example"],
    ['a passphrase of words', 'passphrase: {correct horse battery staple}\n'],
    ['a word at the end of a line', 'Initial root password: {dummyword}\n'],
    ['a one-time code', '{"otp":"{123456}"}'.replace('{"otp', '("otp')],
    ['mysql', 'mysql -h db --port 3306 -u root -p{hunter2} app'],
    ['German', 'Kennwort: {hunter2}'],
    ['Russian', 'пароль: {hunter2}'],
  ])('in %s', (_, example) => {
    const { text, secret } = marked(example.replace(/\{(?="|\s"|')/, '\u0001').replace(/^\{\\/, '\u0001\\'));
    const whole = text.replaceAll('\u0001', '{');
    const masked = redact(whole);
    expect(masked).not.toContain(secret);
    expect(masked).toContain('[redacted');
    // What stands around it stays.
    expect(masked.startsWith(whole.slice(0, whole.indexOf(secret)))).toBe(true);
    expect(redact(masked)).toBe(masked);
  });

  it.each([
    ['password: \u001b[31mhunter2!\u001b[0m\n', 'password: \u001b[31m[redacted]\u001b[0m\n'],
    [
      '\u001b[1m"token"\u001b[0m: \u001b[32m"dummy1"\u001b[0m',
      '\u001b[1m"token"\u001b[0m: \u001b[32m"[redacted]"\u001b[0m',
    ],
    ['pass\u200bword=hunter2', 'pass\u200bword=[redacted]'],
    ['see gh\u200bp_dummyDUMMY0000dummy', 'see [redacted:github-token]'],
  ])('in colours and between invisible characters: %j', (text, masked) => {
    expect(redact(text)).toBe(masked);
    expect(redact(masked)).toBe(masked);
  });

  it('and the JSON around it stays valid', () => {
    const value = { password: 'a"b\\', nested: { token: ['x1', 'y2'], note: '{"secret":"dummy"}' }, count: 3 };
    const masked = JSON.parse(redact(JSON.stringify(value)));
    expect(masked).toEqual({
      password: '[redacted]',
      nested: { token: ['[redacted]', '[redacted]'], note: '{"secret":"[redacted]"}' },
      count: 3,
    });
  });

  it('before and after a change', () => {
    expect(redact('  ~ password = "dummy-old" -> "dummy-new"\n')).toBe('  ~ password = "[redacted]" -> "[redacted]"\n');
  });

  it('as are all values of a Kubernetes Secret, whatever their keys', () => {
    const yaml = 'apiVersion: v1\nkind: Secret\ndata:\n  tls.crt: ZHVtbXkx\n  user: ZHVtbXky\nmetadata:\n  name: db\n';
    expect(redact(yaml)).toBe(
      'apiVersion: v1\nkind: Secret\ndata:\n  tls.crt: [redacted]\n  user: [redacted]\nmetadata:\n  name: db\n',
    );
    const json = '{"data":{"a":"ZHVtbXkx","b":"ZHVtbXky"},"kind":"Secret","metadata":{"name":"db"}}';
    expect(redact(json)).toBe('{"data":{"a":"[redacted]","b":"[redacted]"},"kind":"Secret","metadata":{"name":"db"}}');
  });
});

describe('what tells of a secret stays as it is', () => {
  it.each([
    'error: token expired',
    'token: expired',
    'Error: invalid token: unexpected end of input',
    'SyntaxError: Unexpected token < in JSON at position 0',
    'SyntaxError: Unexpected token: punc (})',
    "Unexpected token 'export'",
    'FATAL: password authentication failed for user "app"',
    'psql: error: connection to server at "db" failed: FATAL: password authentication failed',
    "Access denied for user 'root'@'localhost' (using password: YES)",
    'password: must be at least 8 characters',
    '{"errors":{"password":"must be at least 8 characters long"}}',
    '{"password":["This field is required."]}',
    '{"error":{"message":"The access token is expired or invalid","type":"OAuthException","code":190}}',
    '{"error":"invalid_grant","error_description":"refresh token is invalid"}',
    'WWW-Authenticate: Bearer realm="api", error="invalid_token"',
    'www-authenticate: Basic realm="Registry"',
    'Authorization: required',
    'authorization failed: no credentials',
    'the secret is out, said the secretary',
    'Error from server (NotFound): secrets "db-credentials" not found',
    'secret/db-credentials created',
    'NAME               TYPE     DATA   AGE\ndefault-token-x7k  Opaque   3      5d\nmy-secret          Opaque   1      5d\n',
    'secretName: db-credentials',
    '        - secretRef:\n            name: app-secret\n',
    "      DB_PASSWORD:  <set to the key 'password' in secret 'db'>  Optional: false",
    'column "password" does not exist',
    'cat: /etc/passwd: Permission denied',
    'open /run/secrets/db_password: no such file or directory',
    'tests: 3 passed, 1 failed; pass: 12',
    'usage: {"prompt_tokens": 12, "completion_tokens": 40, "total_tokens": 52}',
    'max_tokens: 4096',
    '{"token":null,"password":"","secret":false}',
    '{"token_type":"Bearer","expires_in":3600}',
    '--token string   bearer token for authentication to the API server',
    'error: the --password flag is required',
    'password = os.environ["DB_PASSWORD"]',
    'const token = getToken(user);',
    'const password = config.password;',
    'interface User { password: string; token: string }',
    'password: $\u007bDB_PASSWORD}',
    'password: $\u007b{ secrets.DB_PASSWORD }}',
    'echo $TOKEN',
    'password=********',
    'Password: ',
    'Enter passphrase for key: ',
    'PWD=/home/dummy/project',
    '{"pwd":"/home/dummy/project"}',
    'PASSWD=/etc/dummy/passwd',
    'commit 4c0ffee4c0ffee4c0ffee4c0ffee4c0ffee4c0ff',
    'request id 123e4567-e89b-42d3-a456-426614174000',
    'digest: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    'pod/web-7d4b9c6f5-x2x9z   0/1   CrashLoopBackOff   12   3h',
    'https://registry.example.com/@scope%2fname: 404',
    'https://registry.example.com:443/@scope/name - Not found',
    'ssh://git@github.example.com:22/acme/app.git',
    'git@github.example.com: Permission denied (publickey).',
    'GET https://api.example.com/v1/items?page=2&sort=name 401',
    'the author of the keyboard bypasses the compass',
    '-----BEGIN CERTIFICATE-----\nMIIBdummy\n-----END CERTIFICATE-----',
    'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDummyDummyDummyDummyDummyDummyDummyDumm ci@example',
    'docker run -u 1000:1000 -p 8080:80 nginx',
    'The password is too short.',
    'mysql --port 3306 --protocol tcp -h db',
    'password: changed by the administrator',
    'password: authentication failed',
    'scope: secrets:write token:read',
    '- name: DB_PASSWORD\n  valueFrom:\n    secretKeyRef:\n      name: db\n      key: password\n',
    '{"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"name":"db","key":"password"}}}',
    'AssertionError: expected 3 to equal 4',
    'primary key: id, foreign key: user_id',
    '2026-02-04T10:30:00.000Z INFO auth: login ok user=app session=open',
  ])('%s', (text) => {
    expect(redact(text)).toBe(text);
  });
});

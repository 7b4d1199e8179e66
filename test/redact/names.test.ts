import { describe, expect, it } from 'vitest';
import { isSecretName, secretNameKind } from '../../src/redact/names.ts';

describe('names of secrets', () => {
  it.each(
    `password Password PASSWORD passwd passwrd pasword passowrd pssword psasword passord passphrase db_password dbPassword DB-PASSWORD spring.datasource.password PGPASSWORD
    MYSQL_PWD userPass SSHPASS storepass secret client_secret clientSecret CLIENT-SECRET AWS_SECRET_ACCESS_KEY token access_token
    accessToken id_token refresh_token GITHUB_TOKEN X-Vault-Token PRIVATE-TOKEN authtoken npm_authToken apikey api_key
    apiKey X-API-Key x-api-key private_key privateKey AccountKey SharedAccessKey signing_key encryptionKey masterKey credentials
    client-key-data session_id sessionId JSESSIONID PHPSESSID csrf_token connection_string SENTRY_DSN Authorization
    Proxy-Authorization Cookie Set-Cookie HTTP_AUTHORIZATION secret_id token2 password_prod DB_PASSWORD_STAGING kennwort contraseña
    пароль`
      .split(/\s+/)
      .filter(Boolean),
  )('are told: %s', (name) => {
    expect(isSecretName(name)).toBe(true);
  });

  it.each(
    `name user id key keys cluster secretName secretRef secretKeyRef secret_name token_type tokenType token_endpoint tokenUrl
    token_ttl token_expires_at tokenExpiry max_tokens prompt_tokens completionTokens progressToken nextPageToken page_token
    continuationToken password_file PASSWORD_FILE password-stdin passwordPolicy password_length author authority authenticate
    tokenizer secretary compass bypass passed public_key keyboard monkey turkey cookies_enabled cookieName authorizationUrl
    credential_helper credentialsProvider signature_algorithm imagePullPolicy`
      .split(/\s+/)
      .filter(Boolean),
  )('are not: %s', (name) => {
    expect(isSecretName(name)).toBe(false);
  });

  it.each(['auth', 'sig', 'signature', 'session', 'sid', 'otp', 'GITHUB_PAT'])(
    'are weak where the value must tell: %s',
    (name) => {
      expect(secretNameKind(name)).toBe('weak');
    },
  );

  it('are judged in bounded time and memory, whatever they look like', () => {
    for (let index = 0; index < 2_000; index += 1) secretNameKind(`name${index}`);
    expect(secretNameKind(`password${'a'.repeat(100_000)}`)).toBe('password');
    expect(secretNameKind('A'.repeat(100_000))).toBeNull();
  });
});

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { databaseSettings, settingsFrom } from '../../src/fleet/settings.ts';

describe('the URL of the database', () => {
  it('is read part by part', () => {
    expect(databaseSettings('postgres://app:p%40ss@db.example.com:6432/fleet')).toEqual({
      host: 'db.example.com',
      port: 6432,
      database: 'fleet',
      user: 'app',
      password: 'p@ss',
      tls: { ca: undefined },
    });
    expect(databaseSettings('postgresql://app@localhost')).toMatchObject({
      port: 5432,
      database: 'app',
      password: undefined,
    });
  });

  it.each(['localhost', '127.0.0.1', '127.8.8.8', '[::1]', '%2Frun%2Fpostgresql'])('needs no TLS at %s', (host) => {
    expect(databaseSettings(`postgres://app@${host}/fleet`).tls).toBeNull();
  });

  it('has its TLS verified in full everywhere else, whatever encrypted mode it names', () => {
    for (const mode of ['', '?sslmode=require', '?sslmode=verify-ca', '?sslmode=verify-full']) {
      expect(databaseSettings(`postgres://app@10.0.0.1/fleet${mode}`).tls).toEqual({ ca: undefined });
    }
    expect(databaseSettings('postgres://app@localhost/fleet?sslmode=verify-full').tls).toEqual({ ca: undefined });
  });

  it('trusts the certificates of a file', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'healflow-fleet-')), 'ca.pem');
    const certificate = '-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----\n';
    writeFileSync(file, certificate);
    expect(databaseSettings('postgres://app@db.example.com/fleet', file).tls).toEqual({ ca: certificate });
    writeFileSync(file, 'no certificate');
    expect(() => databaseSettings('postgres://app@db.example.com/fleet', file)).toThrow(
      'the file of `fleet.caFile` or --ca-file has no certificate in PEM format',
    );
    expect(() => databaseSettings('postgres://app@db.example.com/fleet', `${file}.missing`)).toThrow(
      'the file of `fleet.caFile` or --ca-file cannot be read: ENOENT',
    );
  });

  it.each([
    ['not a url', 'it is not a URL'],
    ['https://app@db.example.com/fleet', 'its scheme is not postgres://'],
    ['postgres://db.example.com/fleet', 'it names no user'],
    ['postgres://app@db.example.com/fleet?sslmode=disable', 'allowed on this machine only'],
    ['postgres://app@db.example.com/fleet?sslmode=no-verify', '`sslmode=no-verify` is not supported'],
    ['postgres://app@db.example.com/fleet?options=x', 'its option `options` is not supported'],
  ])('is refused: %s', (url, message) => {
    expect(() => databaseSettings(url)).toThrow(message);
  });

  it('comes from the environment, and is never shown', () => {
    const settings = { urlEnv: 'FLEET_URL' };
    expect(() => settingsFrom(settings, {})).toThrow('the environment variable FLEET_URL');
    const url = 'postgres://app:dummy-password@db.example.com/fleet';
    expect(() => settingsFrom({ urlEnv: url }, {})).toThrow(/^(?!.*dummy-password).*name of the environment variable/);
    const bad = { FLEET_URL: 'postgres://app:dummy-password@db.example.com/fleet?sslmode=off' };
    expect(() => settingsFrom(settings, bad)).toThrow(/^(?!.*dummy-password).*in FLEET_URL cannot be used/);
  });
});

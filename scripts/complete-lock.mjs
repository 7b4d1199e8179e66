// Completes package-lock.json if a registry has only some of the platform packages of a tool: `npm install` then omits the
// others, and `npm ci` rejects a lock file without them. Run it after a dependency has changed.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(file, 'utf8'));

const platform =
  /\b(aix|android|darwin|freebsd|linux|netbsd|openbsd|openharmony|sunos|win32)-(arm64|arm|ia32|loong64|mips64el|ppc64|riscv64|s390x|x64)(?:-(gnu|musl))?/;

const added = [];
for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    const [, os, cpu, libc] = platform.exec(name) ?? [];
    // Only the name of a missing package is known; it contains the platform.
    if (path in lock.packages || os === undefined || !/^\d+\.\d+\.\d+$/.test(version)) continue;
    const libcs = { gnu: 'glibc', musl: 'musl' };
    lock.packages[path] = {
      version,
      cpu: [cpu],
      ...(parent.dev && { dev: true }),
      ...(libc && { libc: [libcs[libc]] }),
      optional: true,
      os: [os],
    };
    added.push(`${name}@${version}`);
  }
}

const [own, ...others] = Object.entries(lock.packages);
others.sort(([a], [b]) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries([own, ...others]);
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(added.length === 0 ? 'package-lock.json is complete' : `added:\n  ${added.join('\n  ')}`);

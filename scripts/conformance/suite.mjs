// Runs the official suite as a program: its scenarios against a URL or a client, and the checks that it writes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getNode } from '../node-line.mjs';
import { inRoot, peer } from './programs.mjs';

const program = peer('@modelcontextprotocol/conformance/dist/index.js');
const scenarioMs = 15_000;

/** Reads the checks of every scenario; its folder is named `[server-]SCENARIO-TIME`. */
const readChecks = (folder) => {
  const scenarios = new Map();
  for (const name of readdirSync(folder, { recursive: true }).sort()) {
    if (!name.endsWith('checks.json')) continue;
    const scenario = name
      .slice(0, -'/checks.json'.length)
      .replace(/^server-/, '')
      .replace(/-\d{4}-\d\d-\d\dT.*$/, '');
    scenarios.set(scenario, JSON.parse(readFileSync(join(folder, name), 'utf8')));
  }
  return scenarios;
};

/**
 * Runs the suite. Its exit code is ignored: a check that fails both directly and through the proxy is not a difference.
 *
 * @returns the checks by scenario; empty if the suite has none for this version.
 */
export const createSuite = (folder) => {
  const node = getNode('24');
  return async (mode, args, { limitMs = 240_000, env = {} } = {}) => {
    const output = mkdtempSync(join(folder, 'results-'));
    const child = spawn(node, [program, mode, ...args, '--timeout', String(scenarioMs), '-o', output], {
      cwd: folder,
      // The suite is started many times, so its compiled code is cached.
      env: { NODE_COMPILE_CACHE: inRoot('.cache/conformance'), ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        printed = (printed + chunk).slice(-4000);
      });
    }
    const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
    const [code, signal] = await once(child, 'close');
    clearTimeout(limit);
    if (signal !== null) throw new Error(`the suite took longer than ${limitMs} ms:\n${printed}`);
    const checks = existsSync(output) ? readChecks(output) : new Map();
    if (checks.size === 0) throw new Error(`the suite wrote no checks (exit code ${code}):\n${printed}`);
    return checks;
  };
};

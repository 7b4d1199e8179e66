// The fixes as commands: node fix.js FOLDER FIX. Each run is a line in `fixes.log`.
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '.', fix] = process.argv.slice(2);
appendFileSync(join(folder, 'fixes.log'), `${fix}\n`);
if (fix === 'token_refresh') writeFileSync(join(folder, 'token'), 'fresh');

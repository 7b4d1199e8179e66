// The fix that renews the login: writes the time as the new token into FOLDER/token, and prints it. node renew.mjs FOLDER
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '.'] = process.argv.slice(2);
const token = String(Date.now());
const draft = join(folder, `token.${process.pid}`);
writeFileSync(draft, token);
renameSync(draft, join(folder, 'token'));
console.log(token);

import { readFileSync } from 'node:fs';
import { packageFile } from '../package-root.ts';

/** The version of healflow. */
export const { version } = JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as {
  readonly version: string;
};

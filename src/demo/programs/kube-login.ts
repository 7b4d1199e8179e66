/** Logs in to one cluster: `kube-login.js FACTS CLUSTER`. */
import { readFileSync } from 'node:fs';
import { logInToCluster } from '../world/credentials.ts';
import type { WorldFacts } from '../world/facts.ts';

const [factsFile = '', cluster = ''] = process.argv.slice(2);
const { clusters, credentialsFile } = JSON.parse(readFileSync(factsFile, 'utf8')) as WorldFacts;
const url = clusters[cluster];
if (url === undefined) {
  console.error(`unknown cluster ${cluster}`);
  process.exitCode = 1;
} else {
  await logInToCluster(credentialsFile, cluster, url);
  console.log(`logged in to ${cluster}`);
}

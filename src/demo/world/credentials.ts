import { readFile, rename, writeFile } from 'node:fs/promises';

/** The file with a token for each cluster. */
export type Credentials = Readonly<Record<string, string>>;

export const readCredentials = async (file: string): Promise<Credentials> => JSON.parse(await readFile(file, 'utf8'));

/** Logs in to a cluster and stores the new token in the file. */
export const logInToCluster = async (file: string, cluster: string, url: string): Promise<void> => {
  const response = await fetch(`${url}/login`, { method: 'POST' });
  if (!response.ok) throw new Error(`the cluster ${cluster} responded with status ${response.status}`);
  const { token } = (await response.json()) as { token: string };
  const others = await readCredentials(file).catch((): Credentials => ({}));
  await writeFile(`${file}.new`, JSON.stringify({ ...others, [cluster]: token }), { mode: 0o600 });
  await rename(`${file}.new`, file);
};

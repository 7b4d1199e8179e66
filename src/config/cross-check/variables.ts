import { isVariableName } from '../literal-secrets.ts';
import type { Path, Problem } from '../problem.ts';
import type { Config } from '../schema.ts';

/** The variables that hold secrets, and where a configuration names them. */
export const secretVariables = ({
  secretEnv,
  proxy,
  fleet,
  fixes,
}: Config): (readonly [string | undefined, Path])[] => [
  ...secretEnv.map((name, index) => [name, ['secretEnv', index]] as const),
  [proxy.http.tokenEnv, ['proxy', 'http', 'tokenEnv']],
  [fleet?.urlEnv, ['fleet', 'urlEnv']],
  ...(fixes.token_refresh ?? []).map(
    ({ oauth }, index) =>
      [oauth?.clientSecretEnv, ['fixes', 'token_refresh', index, 'oauth', 'clientSecretEnv']] as const,
  ),
];

/** Finds secrets in place of the names of the variables that hold them. */
export const warnVariableNames = (config: Config): Problem[] =>
  secretVariables(config).flatMap(([name, path]): Problem[] => {
    if (name === undefined || isVariableName(name, process.env)) return [];
    const problem = 'this looks like a secret itself, not like the name of the environment variable that holds it';
    return [{ path, problem, advice: 'put the secret into a variable, and write the name of the variable here' }];
  });

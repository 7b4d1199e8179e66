import type { Control } from './control.ts';
import type { Server } from './server.ts';

/** The section `tools` of the configuration. By hand, until a command suggests it. */
export const kindsOf = async ({ read }: Server, _control: Control): Promise<object> => ({
  tools: { [read.name]: { kind: 'read-only' } },
});

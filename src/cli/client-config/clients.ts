import { posix, win32 } from 'node:path';

/** The clients that `healflow init --client` supports. */
export const clientNames = ['claude-desktop', 'claude-code', 'cursor', 'vscode'] as const;
export type ClientName = (typeof clientNames)[number];

/** The properties of the machine that determine where a client keeps its files. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly home: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A file that a client reads its servers from. */
export interface ClientFile {
  readonly path: string;
  /** Whether it belongs to the project, and so may be shared, rather than to the user. */
  readonly shared: boolean;
}

const pathsOf = ({ platform }: Machine): typeof posix => (platform === 'win32' ? win32 : posix);

/** The folder in which desktop applications keep their settings. */
const settingsFolder = (machine: Machine): string => {
  const { platform, home, env } = machine;
  const { join } = pathsOf(machine);
  if (platform === 'win32') return env.APPDATA ?? join(home, 'AppData', 'Roaming');
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  return env.XDG_CONFIG_HOME || join(home, '.config');
};

/** Returns the files that a client reads its servers from, the project's first, whether or not they exist. */
export const clientFiles = (client: ClientName, machine: Machine): readonly ClientFile[] => {
  const { home, cwd, env } = machine;
  const { join } = pathsOf(machine);
  const settings = settingsFolder(machine);
  const own = (...parts: string[]): ClientFile => ({ path: join(...parts), shared: false });
  const shared = (...parts: string[]): ClientFile => ({ path: join(cwd, ...parts), shared: true });
  switch (client) {
    case 'claude-desktop':
      return [own(settings, 'Claude', 'claude_desktop_config.json')];
    case 'claude-code':
      return [shared('.mcp.json'), own(env.CLAUDE_CONFIG_DIR || home, '.claude.json')];
    case 'cursor':
      return [shared('.cursor', 'mcp.json'), own(home, '.cursor', 'mcp.json')];
    case 'vscode':
      return [shared('.vscode', 'mcp.json'), own(settings, 'Code', 'User', 'mcp.json')];
  }
};

/** Returns the key paths under which a client's file lists its servers. */
export const serverPlaces = (client: ClientName, { cwd }: Machine): readonly (readonly string[])[] => {
  switch (client) {
    case 'claude-code':
      // Servers added for a single project are listed under its folder.
      return [['mcpServers'], ['projects', cwd, 'mcpServers']];
    case 'vscode':
      return [['servers'], ['mcp', 'servers']];
    default:
      return [['mcpServers']];
  }
};

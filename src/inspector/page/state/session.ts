import { batch, computed, effect, untracked } from '@preact/signals';
import { readExport } from '../api/export-file.ts';
import { followFleet } from './fleet.ts';
import { followLearning } from './learning.ts';
import { goLive } from './live.ts';
import { closeRun, fileName, showFile, showRun } from './open-run.ts';
import { filters, followAddress, goTo, openRun, token } from './route.ts';
import { loadRuns } from './runs.ts';
import { announcement, loadMode, loadOverview, mode, refused } from './server.ts';
import { followVisibility } from './visible.ts';

/** The run id in the URL for a run from a file. */
export const fromFile = 'file';

/** Opens an exported run. Rejects with an error with a message for the user. */
export const openFile = async (name: string, content: string): Promise<void> => {
  const run = readExport(content);
  batch(() => {
    showFile(run, name);
    goTo({ view: 'runs', run: fromFile });
  });
  announcement.value = `Opened ${name}`;
};

const isLive = computed(() => mode.value?.mode === 'live');

const followRun = (): void => {
  effect(() => {
    const id = openRun.value;
    const known = isLive.value && !refused.value;
    untracked(() => {
      if (id === '') closeRun();
      else if (id !== fromFile && known) void showRun(id);
    });
  });
};

/** Loads the mode and the data of the server. */
export const connect = async (): Promise<void> => {
  const found = await loadMode();
  if (found?.mode === 'file' && found.run) {
    showFile(found.run, 'the exported file');
    goTo({ view: 'runs', run: fromFile }, { replace: true });
  } else if (openRun.value === fromFile && fileName.value === null) {
    goTo({ run: '' }, { replace: true });
  }
};

/** Starts the page. */
export const startSession = (): void => {
  followAddress();
  effect(() => {
    const known = token.value !== '';
    untracked(() => {
      refused.value = false;
      mode.value = null;
      if (known) void connect();
    });
  });
  effect(() => {
    filters.value;
    if (isLive.value) untracked(() => void loadRuns());
  });
  effect(() => {
    if (isLive.value) untracked(() => void loadOverview());
  });
  followRun();
  followVisibility();
  followFleet();
  followLearning();
  goLive(isLive);
};

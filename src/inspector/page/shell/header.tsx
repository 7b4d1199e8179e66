import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { maxExportBytes } from '../api/export-file.ts';
import type { StreamStatus } from '../api/stream.ts';
import type { View } from '../state/fragment.ts';
import { hasLearned } from '../state/learning.ts';
import { hrefTo, token, view } from '../state/route.ts';
import { connection, mode, refused } from '../state/server.ts';
import { openFile } from '../state/session.ts';
import { type Theme, theme, themes } from '../state/theme.ts';
import { Icon, type IconName } from './icons.tsx';

const connectionWords: Readonly<Record<StreamStatus, string>> = {
  connecting: 'Connecting…',
  live: 'Live',
  lost: 'Disconnected',
  refused: 'Not allowed',
};

const themeIcons: Readonly<Record<Theme, IconName>> = { system: 'system', light: 'sun', dark: 'moon' };

const ThemeButton = () => {
  const next = themes[(themes.indexOf(theme.value) + 1) % themes.length] ?? 'system';
  return (
    <button
      type="button"
      class="theme"
      aria-label={`Theme: ${theme.value}. Change to ${next}`}
      title={`Theme: ${theme.value}`}
      onClick={() => {
        theme.value = next;
      }}
    >
      <Icon name={themeIcons[theme.value]} />
    </button>
  );
};

/** Why a file could not be opened; null if there was no error. */
export const useFiles = () => {
  const problem = useSignal<string | null>(null);
  const open = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    try {
      if (file.size > maxExportBytes) throw new Error('This file is too large to be an exported run.');
      await openFile(file.name, await file.text());
      problem.value = null;
    } catch (error) {
      problem.value = error instanceof Error ? error.message : String(error);
    }
  };
  return { problem, open };
};

const OpenButton = ({ onFile }: { onFile: (file: File | undefined) => Promise<void> }) => {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        hidden
        type="file"
        accept=".json,application/json"
        onChange={async (event) => {
          const element = event.currentTarget;
          await onFile(element.files?.[0]);
          element.value = '';
        }}
      />
      <button
        type="button"
        title="Open an exported run"
        aria-label="Open export"
        onClick={() => input.current?.click()}
      >
        <Icon name="open" />
        <span class="wide-only">Open export</span>
      </button>
    </>
  );
};

const links = [
  ['runs', 'Runs'],
  ['totals', 'Totals'],
  ['limits', 'Limits'],
  ['learning', 'Learning'],
  ['fleet', 'Fleet'],
] as const;

/** The fleet and what was learned have a link if there is any, or if it is the view. */
const isShown = (name: View): boolean => {
  if (name === view.value) return true;
  if (name === 'fleet') return mode.value?.fleet === true;
  return name !== 'learning' || hasLearned.value;
};

/** The header of the page: navigation, connection status and theme. */
export const Header = ({ onFile }: { onFile: (file: File | undefined) => Promise<void> }) => (
  <header class="head">
    <h1 class="brand">
      <img src="/icon.svg" alt="" width="20" height="20" />
      healflow <span class="sr-only">inspector</span>
    </h1>
    {token.value !== '' && !refused.value && mode.value?.mode !== 'file' && (
      <nav aria-label="Views">
        {links
          .filter(([name]) => isShown(name))
          .map(([name, word]) => (
            <a
              key={name}
              href={hrefTo({ view: name, signature: '', ...(name === view.value && { run: '' }) })}
              aria-current={view.value === name ? 'page' : undefined}
            >
              {word}
            </a>
          ))}
      </nav>
    )}
    <div class="head-end">
      {mode.value?.mode === 'live' && (
        <p class={`connection is-${connection.value}`} role="status">
          <span class="dot" aria-hidden="true" />
          {connectionWords[connection.value]}
        </p>
      )}
      <OpenButton onFile={onFile} />
      <ThemeButton />
    </div>
  </header>
);

import { signal } from '@preact/signals';

/** Whether the tab is visible: a hidden one asks for nothing. */
export const isVisible = signal(document.visibilityState === 'visible');

export const followVisibility = (): void => {
  document.addEventListener('visibilitychange', () => {
    isVisible.value = document.visibilityState === 'visible';
  });
};

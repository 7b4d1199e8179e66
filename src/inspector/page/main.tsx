import { render } from 'preact';
import { App } from './shell/app.tsx';
import { startSession } from './state/session.ts';
import { applyTheme } from './state/theme.ts';

applyTheme();
startSession();
const root = document.getElementById('app');
if (root) render(<App />, root);

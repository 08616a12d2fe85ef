import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './page.css';
import { createRoot } from 'react-dom/client';
import { readConfig } from './config';
import { Page } from './Page';
import { refresh } from './session';
import { type Words, Worded } from './words';

const config = readConfig();
let problem: Words | null = null;
try {
  await refresh(config);
} catch (error) {
  if (!(error instanceof Worded)) throw error;
  problem = error.words;
}
// Case numbers are written with full-width brackets; the editor would box each as a look-alike.
// A long line continues below: on a narrow screen nothing is out of sight.
const { editor } = await import('monaco-graphql/esm/monaco-editor.js');
editor.onDidCreateEditor(made => {
  made.updateOptions({
    unicodeHighlight: { ambiguousCharacters: false },
    wordWrap: 'on',
    wrappingIndent: 'indent',
  });
});

document.title = `GraphiQL · ${config.title}`;
const root = document.getElementById('root') as HTMLElement;
createRoot(root).render(<Page config={config} problem={problem} />);

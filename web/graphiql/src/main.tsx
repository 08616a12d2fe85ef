import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './page.css';
import { createRoot } from 'react-dom/client';
import { readConfig } from './config';
import { Page } from './Page';
import { finishSignIn } from './sign_in';
import { type Words, Worded } from './words';

const config = readConfig();
let problem: Words | null = null;
try {
  await finishSignIn(config);
} catch (error) {
  if (!(error instanceof Worded)) throw error;
  problem = error.words;
}
document.title = `GraphiQL · ${config.title}`;
const root = document.getElementById('root') as HTMLElement;
createRoot(root).render(<Page config={config} problem={problem} />);

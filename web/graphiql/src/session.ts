// The access token: in memory, and in this tab's session storage so that a reload keeps it.
import { Worded, notAToken } from './words';

const KEY = 'chakong.token';
const watchers = new Set<() => void>();
let token = sessionStorage.getItem(KEY) ?? '';

function keep(next: string): void {
  token = next;
  if (next) sessionStorage.setItem(KEY, next);
  else sessionStorage.removeItem(KEY);
  for (const watcher of watchers) watcher();
}

/** The bearer token, or '' when nobody is signed in. */
export const current = (): string => token;

export const forget = (): void => keep('');

/** Takes a token as an endpoint sent it or a person pasted it; throws `Worded`. */
export function accept(text: string): void {
  const bare = text.trim().replace(/^Bearer\s+/i, '');
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(bare)) throw new Worded(notAToken);
  keep(bare);
}

export function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

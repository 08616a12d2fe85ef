// Who is signed in here: a cookie that no script can read, so the gateway is asked.
import type { Config } from './config';
import { Worded, noSession, notAToken, unauthenticated } from './words';

export interface Who {
  readonly id: string;
  readonly user: string;
  readonly role: string;
  readonly endsAt: number; // seconds since 1970
}

/** What another origin's page cannot send: without it the gateway passes the cookie over. */
export const SESSION_HEADER: Record<string, string> = { 'X-Chakong-Session': '1' };

const watchers = new Set<() => void>();
let who: Who | null = null;

/** Who is signed in, as the gateway last said; null when nobody is. */
export const current = (): Who | null => who;

export function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Asks the gateway who is signed in here. */
export async function refresh({ session }: Config): Promise<void> {
  const response = await fetch(session, { headers: SESSION_HEADER });
  if (!response.ok) throw new Worded(noSession(response.status));
  become(((await response.json()) as { session: Who | null }).session);
}

/** Ends the session at the gateway; the cookie goes with it. */
export async function signOut(config: Config): Promise<void> {
  await post(`${config.session}/end`, {});
  await refresh(config);
}

/** In the demo: hands in a token for a session, so that the page keeps none; throws `Worded`. */
export async function handIn(config: Config, text: string): Promise<void> {
  const token = text.trim().replace(/^Bearer\s+/i, '');
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(token)) throw new Worded(notAToken);
  const response = await post(`${config.session}/token`, { token });
  if (!response.ok) throw new Worded(unauthenticated);
  await refresh(config);
}

function become(next: Who | null): void {
  who = next;
  for (const watcher of watchers) watcher();
}

const post = (address: string, body: unknown): Promise<Response> =>
  fetch(address, {
    method: 'POST',
    headers: { ...SESSION_HEADER, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });

/** *seconds* as h:mm:ss or m:ss. */
export function countdown(seconds: number): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = `${two(Math.floor(seconds) % 60)}`;
  return hours ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

// Authorization code with PKCE (RFC 7636, S256), state, and the issuer check of RFC 9207.
import type { Config } from './config';
import { accept } from './session';
import { Worded, needsHttps, noSignInUnderWay, noToken, refused, strangeIssuer } from './words';

const KEY = 'chakong.sign-in';
const redirectUri = (): string => `${location.origin}/graphiql`;

interface UnderWay {
  readonly state: string;
  readonly verifier: string;
}

/** Leaves the page for the login page; throws `Worded` where the browser offers no SHA-256. */
export async function beginSignIn(config: Config): Promise<void> {
  if (!globalThis.isSecureContext) throw new Worded(needsHttps);
  const underWay: UnderWay = { state: random(16), verifier: random(32) };
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(underWay.verifier));
  sessionStorage.setItem(KEY, JSON.stringify(underWay));
  const address = new URL(config.authorize, location.origin);
  address.search = new URLSearchParams({
    response_type: 'code',
    client_id: config.clientId,
    redirect_uri: redirectUri(),
    state: underWay.state,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: 'S256',
  }).toString();
  location.assign(address);
}

/** If the address holds a sign-in answer, takes it out and redeems it; throws `Worded`. */
export async function finishSignIn(config: Config): Promise<void> {
  const answer = new URLSearchParams(location.search);
  if (!answer.has('code') && !answer.has('error')) return;
  const underWay = JSON.parse(sessionStorage.getItem(KEY) ?? 'null') as UnderWay | null;
  sessionStorage.removeItem(KEY);
  history.replaceState(null, '', redirectUri());
  if (!underWay || answer.get('state') !== underWay.state) throw new Worded(noSignInUnderWay);
  if (answer.has('iss') && answer.get('iss') !== config.issuer) throw new Worded(strangeIssuer);
  const error = answer.get('error');
  if (error !== null) throw new Worded(refused(error));
  accept(await redeem(config, answer.get('code') ?? '', underWay.verifier));
}

async function redeem(config: Config, code: string, verifier: string): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    client_id: config.clientId,
    redirect_uri: redirectUri(),
  });
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(config.token, { method: 'POST', body });
    answer = await response.json();
  } catch (error) {
    throw new Worded(noToken(error instanceof Error ? error.name : 'network'));
  }
  const { access_token: token, error } = (answer ?? {}) as Record<string, unknown>;
  if (response.ok && typeof token === 'string') return token;
  throw new Worded(noToken(typeof error === 'string' ? error : `HTTP ${response.status}`));
}

const random = (bytes: number): string => base64url(crypto.getRandomValues(new Uint8Array(bytes)));

function base64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

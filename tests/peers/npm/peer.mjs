// What every script shares: the running demo, its clients' key, and discovery as openid-client does it.
import { readFileSync } from 'node:fs';
import * as oauth from 'openid-client';

const ready = JSON.parse(readFileSync(process.argv[2], 'utf8'));
export const clients = ready.clients;
export const graphql = new URL(ready.graphql);
export const redirectUri = clients.redirectUri;

export async function clientKey() {
  const { kid, ...jwk } = clients.privateJwk;
  const key = await crypto.subtle.importKey(
    'jwk',
    { ...jwk, key_ops: undefined },
    { name: 'ECDSA', namedCurve: 'P-256' },
    false,
    ['sign'],
  );
  return { key, kid };
}

export function discovered(clientId, authentication, algorithm = 'oauth2') {
  return oauth.discovery(new URL(ready.issuer), clientId, {}, authentication, {
    algorithm,
    execute: [oauth.allowInsecureRequests], // the demo is on the loopback interface, without TLS
  });
}

/** The error code that a refused call is refused with. */
export async function refusedWith(call) {
  try {
    await call();
  } catch (error) {
    return error.error ?? error.cause?.[0]?.parameters?.error ?? String(error);
  }
  return null;
}

export function report(answers) {
  console.log(JSON.stringify(answers));
  process.exit(0);
}

setTimeout(() => {
  console.error('no answer in 30 s');
  process.exit(1);
}, 30_000).unref();

// Who is signed in and for how long, or the ways to sign in.
import { useEffect, useState } from 'react';
import { Both } from './Both';
import { claimsOf, countdown } from './claims';
import type { Config } from './config';
import { PasteToken } from './PasteToken';
import { forget } from './session';
import { SignInButton } from './SignInButton';
import { type Words, demoLogins, expired, opaque, signOut } from './words';

interface Props {
  readonly config: Config;
  readonly token: string;
  readonly tell: (words: Words) => void;
}

export function SessionBar({ config, token, tell }: Props) {
  if (token) return <Bearer token={token} />;
  return (
    <div className="session">
      {config.logins.length > 0 && <Logins logins={config.logins} />}
      <PasteToken tell={tell} />
      <SignInButton config={config} tell={tell} />
    </div>
  );
}

function Logins({ logins }: { logins: Config['logins'] }) {
  return (
    <details className="logins" data-testid="logins">
      <summary>
        <Both words={demoLogins} />
      </summary>
      <table>
        <tbody>
          {logins.map(([user, password]) => (
            <tr key={user}>
              <td>{user}</td>
              <td>{password}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function Bearer({ token }: { token: string }) {
  const claims = claimsOf(token);
  return (
    <div className="session" data-testid="bearer">
      {claims ? (
        <>
          {claims.sub && <b data-testid="sub">{claims.sub}</b>}
          {claims.role && <code data-testid="role">{claims.role}</code>}
          {claims.exp !== undefined && <Remaining exp={claims.exp} />}
        </>
      ) : (
        <Both words={opaque} />
      )}
      <button type="button" data-testid="sign-out" onClick={forget}>
        <Both words={signOut} />
      </button>
    </div>
  );
}

/** Counts down to *exp*, seconds since 1970, by this computer's clock. */
function Remaining({ exp }: { exp: number }) {
  const [now, tick] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => tick(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const left = exp - now / 1000;
  if (left <= 0) return <strong className="expired"><Both words={expired} /></strong>;
  return <time className={left < 60 ? 'expired' : ''} data-testid="left">{countdown(left)}</time>;
}

// Who is signed in and for how long, or the ways to sign in.
import { useEffect, useState } from 'react';
import { Both } from './Both';
import type { Config } from './config';
import { PasteToken } from './PasteToken';
import { type Who, countdown, signOut as endSession } from './session';
import { SignInButton } from './SignInButton';
import { type Words, Worded, demoLogins, expired, signOut } from './words';

interface Props {
  readonly config: Config;
  readonly who: Who | null;
  readonly tell: (words: Words) => void;
}

export function SessionBar({ config, who, tell }: Props) {
  if (who) return <SignedIn config={config} who={who} tell={tell} />;
  return (
    <div className="session">
      {config.logins.length > 0 && <Logins logins={config.logins} />}
      {config.handsIn && <PasteToken config={config} tell={tell} />}
      <SignInButton config={config} />
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

function SignedIn({ config, who, tell }: Props & { who: Who }) {
  const leave = (): void => {
    endSession(config).catch((error: unknown) => {
      if (!(error instanceof Worded)) throw error;
      tell(error.words);
    });
  };
  return (
    <div className="session" data-testid="signed-in">
      <b data-testid="sub">{who.user}</b>
      <code data-testid="role">{who.role}</code>
      <Remaining endsAt={who.endsAt} />
      <button type="button" data-testid="sign-out" onClick={leave}>
        <Both words={signOut} />
      </button>
    </div>
  );
}

/** Counts down to *endsAt*, seconds since 1970, by this computer's clock. */
function Remaining({ endsAt }: { endsAt: number }) {
  const [now, tick] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => tick(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const left = endsAt - now / 1000;
  if (left <= 0) return <strong className="expired"><Both words={expired} /></strong>;
  return <time className={left < 60 ? 'expired' : ''} data-testid="left">{countdown(left)}</time>;
}

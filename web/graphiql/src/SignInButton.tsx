import { Both } from './Both';
import type { Config } from './config';
import { confirmYou, signIn } from './words';

/** Leaves for the gateway's own sign-in page; it leads back here, and the tabs are still there. */
export function SignInButton({ config }: { config: Config }) {
  return (
    <button
      type="button"
      className="main-button"
      data-testid="sign-in"
      onClick={() => location.assign(`${config.session}/sign-in`)}
    >
      <Both words={signIn} />
    </button>
  );
}

/** Leaves for the page that asks for the second factor again. */
export function StepUpButton({ config }: { config: Config }) {
  return (
    <button
      type="button"
      className="main-button"
      data-testid="step-up"
      onClick={() => location.assign(`${config.session}/step-up`)}
    >
      <Both words={confirmYou} />
    </button>
  );
}

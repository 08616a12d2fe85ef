import { Both } from './Both';
import type { Config } from './config';
import { beginSignIn } from './sign_in';
import { type Words, Worded, needsHttps, signIn } from './words';

interface Props {
  readonly config: Config;
  readonly tell: (words: Words) => void;
}

export function SignInButton({ config, tell }: Props) {
  const begin = (): void => {
    beginSignIn(config).catch((error: unknown) => {
      tell(error instanceof Worded ? error.words : needsHttps);
    });
  };
  return (
    <button type="button" className="main-button" data-testid="sign-in" onClick={begin}>
      <Both words={signIn} />
    </button>
  );
}

import { useState } from 'react';
import { Both } from './Both';
import type { Config } from './config';
import { handIn } from './session';
import { type Words, Worded, pasteToken, useToken } from './words';

interface Props {
  readonly config: Config;
  readonly tell: (words: Words) => void;
}

/** A field for a token had elsewhere; it is handed in at once, and the page keeps none. */
export function PasteToken({ config, tell }: Props) {
  const [text, setText] = useState('');
  const take = (): void => {
    handIn(config, text).catch((error: unknown) => {
      if (!(error instanceof Worded)) throw error;
      tell(error.words);
    });
    setText('');
  };
  return (
    <form
      className="paste"
      onSubmit={event => {
        event.preventDefault();
        take();
      }}
    >
      <input
        type="password"
        autoComplete="off"
        data-testid="paste"
        aria-label={`${pasteToken.zh} ${pasteToken.en}`}
        placeholder={`${pasteToken.zh} ${pasteToken.en}`}
        value={text}
        onChange={event => setText(event.target.value)}
      />
      {text && (
        <button type="submit" data-testid="use-token">
          <Both words={useToken} />
        </button>
      )}
    </form>
  );
}

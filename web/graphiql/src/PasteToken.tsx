import { useState } from 'react';
import { Both } from './Both';
import { accept } from './session';
import { type Words, Worded, pasteToken, useToken } from './words';

/** A field for a token had elsewhere; masked, and never kept by the browser. */
export function PasteToken({ tell }: { tell: (words: Words) => void }) {
  const [text, setText] = useState('');
  const take = (): void => {
    try {
      accept(text);
    } catch (error) {
      if (!(error instanceof Worded)) throw error;
      tell(error.words);
    }
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

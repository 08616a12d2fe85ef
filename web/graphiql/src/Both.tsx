import type { Words } from './words';

/** The words in both languages, each marked as what it is. */
export function Both({ words }: { words: Words }) {
  return (
    <span className="both">
      <span lang="zh-CN">{words.zh}</span> <span lang="en">{words.en}</span>
    </span>
  );
}

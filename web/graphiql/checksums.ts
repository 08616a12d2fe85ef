// Writes SHA256SUMS beside the built files, in the format of `sha256sum`, sorted by name.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

const LIST = 'SHA256SUMS';

export function checksums(): Plugin {
  let folder = '';
  return {
    name: 'checksums',
    configResolved(config) {
      folder = join(config.root, config.build.outDir);
    },
    closeBundle() {
      const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter(name => name !== LIST && statSync(join(folder, name)).isFile())
        .map(name => name.replaceAll('\\', '/'))
        .sort();
      const lines = names.map(name => {
        const digest = createHash('sha256').update(readFileSync(join(folder, name)));
        return `${digest.digest('hex')}  ${name}\n`;
      });
      writeFileSync(join(folder, LIST), lines.join(''));
    },
  };
}

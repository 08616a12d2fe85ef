import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { checksums } from './checksums';

export default defineConfig({
  base: '/graphiql/', // where the gateway serves the page
  plugins: [react(), checksums()],
  worker: { format: 'es' },
  build: {
    outDir: '../../gateway/graphiql/dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0, // files keep the content security policy short
    chunkSizeWarningLimit: 4000, // kB; the editor is large
    license: { fileName: 'LICENSES.md' },
  },
});

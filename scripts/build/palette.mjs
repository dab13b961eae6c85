import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { bundleEditor, bundleNodes, bundleProbe } from './bundle.mjs';
import { filesBelow } from './inputs.mjs';

const languages = ['en-US', 'de'];

/** The node types that a palette's manifest declares: its table of contents. */
function declaredTypes(palette) {
  const manifest = JSON.parse(readFileSync(path.join(palette, 'package.json'), 'utf8'));
  return Object.keys(manifest['node-red']?.nodes ?? {});
}

/** The files a declared node type consists of; `icon` is known only after its editor was read. */
function partsOf({ root, palette, name, type }) {
  const source = path.join(palette, 'src');
  return {
    glue: path.join(source, `${type}.ts`),
    editor: path.join(source, type, 'editor.ts'),
    form: path.join(source, type, 'editor.html'),
    locales: languages.flatMap((language) =>
      ['html', 'json'].map((kind) => ({
        from: path.join(root, 'locales', language, name, `${type}.${kind}`),
        to: path.join('locales', language, `${type}.${kind}`),
      })),
    ),
  };
}

/** Names of the icons that an editor bundle registers; none for a config node, which has no place to show one. */
function iconProblem(script, type, icons) {
  if (/category:\s*["']config["']/.test(script)) return undefined;
  const named = [...script.matchAll(/\bicon:\s*["']([^"']+)["']/g)].map((match) => match[1]);
  if (named.length === 0) return `${type}: its editor names no icon`;
  const absent = named.filter((icon) => !icons.has(icon));
  return absent.length > 0 ? `${type}: icon not found: ${absent.join(', ')}` : undefined;
}

/**
 * Builds one palette. Resolves to the content of its `dist` and to the problems found: a part of a declared node type
 * that is missing is named with its path. Types with problems are left out of the content.
 */
export async function buildPalette({ root, palette }) {
  const name = path.basename(palette);
  const problems = [];
  const content = { 'package.json': '{ "type": "commonjs" }\n' };
  const entries = {};

  const iconFolder = path.join(root, 'icons', name);
  const icons = new Set();
  for (const file of filesBelow([iconFolder])) {
    icons.add(path.basename(file));
    content[path.join('icons', path.basename(file))] = readFileSync(file);
  }

  for (const type of declaredTypes(palette)) {
    const parts = partsOf({ root, palette, name, type });
    const missing = [parts.glue, parts.editor, parts.form, ...parts.locales.map(({ from }) => from)].filter(
      (file) => !existsSync(file),
    );
    problems.push(...missing.map((file) => `${type}: missing ${path.relative(root, file)}`));
    for (const { from, to } of parts.locales) if (existsSync(from)) content[to] = readFileSync(from);
    if (!existsSync(parts.glue)) continue;
    entries[type] = parts.glue;
    if (!existsSync(parts.editor) || !existsSync(parts.form)) continue;
    const script = await bundleEditor({ entry: parts.editor });
    const iconIssue = iconProblem(script, type, icons);
    if (iconIssue) problems.push(iconIssue);
    const form = readFileSync(parts.form, 'utf8').trim();
    if (!form.includes(`data-template-name="${type}"`)) {
      problems.push(`${type}: ${path.relative(root, parts.form)} has no data-template-name="${type}"`);
    }
    content[`${type}.html`] = `<script type="text/javascript">\n${script}</script>\n\n${form}\n`;
  }

  const outdir = path.join(palette, 'dist');
  Object.assign(content, await bundleNodes({ entries, outdir }));
  // A process of its own that the editor's buttons start.
  const probe = path.join(palette, 'src', 'probe.ts');
  if (existsSync(probe)) Object.assign(content, await bundleProbe({ entry: probe, outdir }));
  return { content, problems };
}

// Writes bot/playground/page/static/: the same bytes on any machine. `node build.mjs [folder]`
import { mkdir, readdir, readFile, rm, writeFile, copyFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(here, "../bot/playground/page/static"));

// The library's style stands in a layer below ours; an important rule would stand above it.
const unimportant = {
  name: "unimportant",
  setup(on) {
    on.onLoad({ filter: /slack-blocks-to-jsx[\\/]dist[\\/]style\.css$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, "utf8")).replaceAll("!important", ""),
      loader: "css",
    }));
  },
};

function packageOf(input) {
  const inside = input.split("node_modules/").at(-1).split("/");
  return inside[0].startsWith("@") ? inside.slice(0, 2).join("/") : inside[0];
}

async function license(name) {
  const folder = path.join(here, "node_modules", name);
  const about = JSON.parse(await readFile(path.join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((one) => /^licen[sc]e/i.test(one));
  const text = file ? (await readFile(path.join(folder, file), "utf8")).replaceAll("\r\n", "\n").trim() : "";
  return `${name} ${about.version} (${about.license})\n\n${text}\n`;
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const result = await build({
  absWorkingDir: here,
  entryPoints: { app: "src/main.tsx" },
  outdir: out,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2022"],
  charset: "utf8",
  jsx: "automatic",
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  loader: { ".woff2": "file" },
  external: ["/favicon.svg"],
  assetNames: "[name]",
  metafile: true,
  plugins: [unimportant],
  logLevel: "warning",
});
for (const file of ["index.html", "favicon.svg"]) await copyFile(path.join(here, "src", file), path.join(out, file));
const bundled = Object.keys(result.metafile.inputs).filter((input) => input.includes("node_modules/"));
const packages = [...new Set(bundled.map(packageOf))].sort();
await writeFile(path.join(out, "licenses.txt"), (await Promise.all(packages.map(license))).join(`\n${"-".repeat(78)}\n\n`));

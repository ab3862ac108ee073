// node build.js --production --apps NAME,...: public/**/*.bundle.{js,css} of each app become public/dist, with their hashes in their names.
const fs = require("fs");
const path = require("path");
const esbuild = require("esbuild");

const bench = path.resolve(__dirname, "../..");
const listed = fs.readFileSync(`${bench}/sites/apps.txt`, "utf8").split("\n").filter(Boolean);
const at = process.argv.indexOf("--apps");
const apps = at < 0 ? listed : process.argv[at + 1].split(",");
const assets = `${bench}/sites/assets`;

function bundles(folder) {
	if (!fs.existsSync(folder)) return [];
	return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
		const name = `${folder}/${entry.name}`;
		if (entry.isDirectory()) return ["dist", "node_modules"].includes(entry.name) ? [] : bundles(name);
		return /\.bundle\.(js|css)$/.test(name) ? [name] : [];
	});
}

const known = fs.existsSync(`${assets}/assets.json`) ? JSON.parse(fs.readFileSync(`${assets}/assets.json`)) : {};
for (const app of apps) {
	const entryPoints = bundles(`${bench}/apps/${app}/${app}/public`);
	if (!entryPoints.length) continue;
	const result = esbuild.buildSync({
		entryPoints, bundle: true, minify: true, sourcemap: true, metafile: true, entryNames: "[name].[hash]",
		nodePaths: listed.map((name) => `${bench}/apps/${name}/node_modules`), outdir: `${bench}/apps/${app}/${app}/public/dist`,
	});
	for (const [file, output] of Object.entries(result.metafile.outputs))
		if (output.entryPoint) known[path.basename(output.entryPoint)] = `/assets/${app}/dist/${path.basename(file)}`;
}
fs.writeFileSync(`${assets}/assets.json`, JSON.stringify(known, null, 4));

// SPDX-License-Identifier: Apache-2.0
// A gateway and a browser's page for each test, and what must hold after any of them: no error in the console,
// no request to another host.
import { spawn, execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { createServer as createHttpServer, request as httpRequest } from "node:http";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, openSync, readFileSync, closeSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
export const ROOT = path.resolve(here, "../..");
const FETCHED = path.join(ROOT, "build/browser");
const START_MS = 15000, STOP_MS = 15000, WAIT_MS = 30000;
const scratch = mkdtempSync(path.join(tmpdir(), "pushgateway-browser-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

export function fetchDriver() {
	execFileSync(path.join(here, "fetch"), [FETCHED], { stdio: "inherit", timeout: 300000 });
	return createRequire(path.join(FETCHED, "package.json"));
}

function chromium() {
	const named = process.env.CHROMIUM;
	const found = [named, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) => file && existsSync(file));
	if (found === undefined) throw new Error("there is no chromium: install the Debian package, or name one in $CHROMIUM");
	return found;
}

export function launch(require) {
	const { chromium: driver } = require("playwright-core");
	// Chromium's own sandbox refuses to run as root.
	return driver.launch({ executablePath: chromium(), args: process.getuid() === 0 ? ["--no-sandbox"] : [] });
}

export const axeSource = (require) => readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function freePort() {
	const server = createServer().listen(0, "127.0.0.1");
	await once(server, "listening");
	const { port } = server.address();
	server.close();
	await once(server, "close");
	return port;
}

export class Gateway {
	static async start(binary, flags = [], extra = {}) {
		const gateway = new Gateway();
		gateway.port = await freePort();
		gateway.prefix = extra.prefix ?? "";
		gateway.url = `http://127.0.0.1:${gateway.port}${gateway.prefix}`;
		gateway.log = path.join(scratch, `gateway-${gateway.port}.log`);
		const log = openSync(gateway.log, "w");
		gateway.process = spawn(binary, [`--web.listen-address=127.0.0.1:${gateway.port}`, "--persistence.file=", ...flags],
			{ stdio: ["ignore", log, log], env: { ...process.env, ...(extra.environment ?? {}) } });
		closeSync(log);
		const end = Date.now() + START_MS;
		while (Date.now() < end && gateway.process.exitCode === null) {
			try {
				if ((await fetch(`${gateway.url}/-/ready`)).status === 200) return gateway;
			} catch { /* not yet */ }
			await sleep(20);
		}
		gateway.process.kill("SIGKILL");
		throw new Error(`the gateway did not start: ${readFileSync(gateway.log, "utf8").slice(-2000)}`);
	}

	async stop() {
		if (this.process.exitCode !== null) throw new Error(`the gateway died: ${readFileSync(this.log, "utf8").slice(-2000)}`);
		const ended = once(this.process, "exit");
		this.process.kill("SIGTERM");
		const timer = setTimeout(() => this.process.kill("SIGKILL"), STOP_MS);
		const [code] = await ended;
		clearTimeout(timer);
		if (code !== 0) throw new Error(`the gateway ended with ${code}: ${readFileSync(this.log, "utf8").slice(-2000)}`);
	}

	async push(group, body, { method = "PUT", status = 200, headers = {} } = {}) {
		const answer = await fetch(`${this.url}/metrics/${group}`, { method, body, headers });
		if (answer.status !== status) throw new Error(`pushing ${group}: ${answer.status} ${await answer.text()}`);
	}

	async groups() {
		const { data } = await (await fetch(`${this.url}/api/v1/groups?limit=1000`)).json();
		return data.groups.map((group) => group.labels);
	}
}

// A reverse proxy that serves the gateway below `mount` and takes that off before it asks.
export async function startProxy(gateway, mount) {
	const server = createHttpServer((request, response) => {
		if (!request.url.startsWith(`${mount}/`)) {
			response.writeHead(404).end("outside of the mount");
			return;
		}
		const inner = httpRequest({ port: gateway.port, host: "127.0.0.1", method: request.method,
			path: request.url.slice(mount.length), headers: request.headers }, (answer) => {
			response.writeHead(answer.statusCode, answer.headers);
			answer.pipe(response);
		});
		inner.on("error", () => response.destroy());
		request.pipe(inner);
	}).listen(0, "127.0.0.1");
	await once(server, "listening");
	return { url: `http://127.0.0.1:${server.address().port}${mount}`,
		stop: () => { server.closeAllConnections(); server.close(); } };
}

const tests = [];
// `sentence` says what must hold; options: flags, prefix, proxy, context (of the browser), errors (console errors
// that the test causes itself), webConfig (the gateway has a web config file, which `configure` writes).
export const test = (sentence, options, body) => tests.push({ sentence, options, body });

export function expect(found, wanted, what = "what was found") {
	const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
	if (a !== b) throw new Error(`${what} is not as expected\n  found:  ${a}\n  wanted: ${b}`);
}

export async function until(condition, what) {
	const end = Date.now() + WAIT_MS;
	while (Date.now() < end) {
		if (await condition()) return;
		await sleep(30);
	}
	throw new Error(`not within ${WAIT_MS / 1000} s: ${what}`);
}

function watch(page, url) {
	const complaints = [], { host } = new URL(url);
	page.on("console", (message) => {
		if (["error", "warning"].includes(message.type())) complaints.push(`console: ${message.text()}`);
	});
	page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
	page.on("request", (request) => {
		const to = new URL(request.url());
		if (to.protocol !== "data:" && to.host !== host) complaints.push(`a request to another host: ${request.url()}`);
	});
	return complaints;
}

async function runOne(browser, tools, binary, { options, body }) {
	const file = path.join(scratch, "web.yml");
	const configure = (text) => { writeFileSync(`${file}.new`, text); renameSync(`${file}.new`, file); };
	configure("");
	const flags = [...(options.flags ?? []), ...(options.webConfig ? [`--web.config.file=${file}`] : [])];
	const gateway = await Gateway.start(binary, flags, { prefix: options.prefix });
	const proxy = options.proxy === undefined ? null : await startProxy(gateway, options.proxy);
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options.context });
	try {
		const page = await context.newPage();
		page.setDefaultTimeout(WAIT_MS);
		const url = proxy?.url ?? gateway.url;
		const complaints = watch(page, url);
		await body({ page, gateway, url, context, configure, ...tools });
		expect(complaints.filter((text) => !(options.errors ?? []).some((allowed) => allowed.test(text))), [], "what the browser complains of");
	} finally {
		await context.close();
		proxy?.stop();
		await gateway.stop();
	}
}

export async function runAll(browser, tools, binary, only) {
	let passed = 0, failed = 0;
	for (const one of tests.filter(({ sentence }) => sentence.includes(only))) {
		const start = Date.now();
		try {
			await runOne(browser, tools, binary, one);
			passed++;
			console.log(`ok   ${one.sentence} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
		} catch (error) {
			failed++;
			console.log(`FAIL ${one.sentence}\n  ${error.stack}`);
		}
	}
	console.log(`${passed} passed, ${failed} failed`);
	return failed === 0 && passed > 0;
}

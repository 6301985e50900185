#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// run.mjs --binary PATH [--only WORDS] [--screenshots DIR]: the page in Debian's Chromium, one gateway and one
// browser context per test. --screenshots also takes the pictures of the README.
import { parseArgs } from "node:util";
import path from "node:path";
import { axeSource, fetchDriver, launch, runAll } from "./harness.mjs";
import "./page.mjs";
import { takeScreenshots } from "./screenshots.mjs";

const { values } = parseArgs({ options: {
	binary: { type: "string" }, only: { type: "string", default: "" }, screenshots: { type: "string" } } });
if (values.binary === undefined) {
	console.error("usage: run.mjs --binary PATH [--only WORDS] [--screenshots DIR]");
	process.exit(2);
}
const binary = path.resolve(values.binary);
const require = fetchDriver();
const browser = await launch(require);
let well = false;
try {
	well = await runAll(browser, { axe: axeSource(require) }, binary, values.only);
	if (well && values.screenshots !== undefined) await takeScreenshots(browser, binary, path.resolve(values.screenshots));
} finally {
	await browser.close();
}
process.exit(well ? 0 : 1);

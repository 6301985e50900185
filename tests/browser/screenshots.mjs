// SPDX-License-Identifier: Apache-2.0
// The pictures of the README: real pushes and the real page; only the ages are spread, for a gateway that was
// started a second ago has none.
import { mkdirSync } from "node:fs";
import path from "node:path";
import { Gateway } from "./harness.mjs";

const HISTOGRAM = (scale) => {
	const bounds = [.5, 1, 2.5, 5, 10, 30, 60, 120, 300], own = [3, 11, 38, 74, 52, 29, 12, 4, 1];
	let total = 0;
	return "# HELP backup_step_seconds How long each step of the backup took.\n# TYPE backup_step_seconds histogram\n" +
		["dump", "upload"].map((step, k) => {
			total = 0;
			return bounds.map((bound, i) => `backup_step_seconds_bucket{step="${step}",le="${bound}"} ${total += own[(i + k * 7) % 9] * scale}\n`)
				.join("") + `backup_step_seconds_bucket{step="${step}",le="+Inf"} ${total}\nbackup_step_seconds_sum{step="${step}"} ${total * 7.25}\n` +
				`backup_step_seconds_count{step="${step}"} ${total}\n`;
		}).join("");
};

async function fill(gateway) {
	for (let i = 0; i < 24; i++)
		await gateway.push(`job/backup/instance/db-${i + 1}/env/${i % 4 === 0 ? "staging" : "prod"}`,
			"# HELP backup_size_bytes Size of the last backup.\n# TYPE backup_size_bytes gauge\n" +
			`backup_size_bytes{table="users"} ${734003200 + i * 1e7}\nbackup_size_bytes{table="orders"} ${3221225472 + i * 1e8}\n` +
			`# HELP backup_last_success_unixtime When the last backup ended.\n# TYPE backup_last_success_unixtime gauge\nbackup_last_success_unixtime ${Math.floor(Date.now() / 1000) - i * 600}\n` +
			HISTOGRAM(1 + i % 3));
	for (let i = 0; i < 80; i++) await gateway.push(`job/etl-${["orders", "users", "billing"][i % 3]}/shard/${i}`, `rows_total ${i * 1013}\nlag_seconds ${i}\n`);
	await gateway.push("job/backup/instance/db-7/env/prod", "a 1 2\n", { status: 400 });
	await gateway.push("job/etl-billing/shard/5", "a 1 2\n", { status: 400 });
}

// Group i pushed so many seconds ago.
const AGES = [12, 25, 41, 55, 140, 320, 900, 1500, 2700, 3300, 5000, 9000, 20000, 40000, 80000, 150000, 420000];
const OLDEST = 900000;

async function spreadAges(page) {
	await page.route("**/api/v1/groups?*", async (route) => {
		const answer = await route.fetch(), body = await answer.json(), now = Date.now() / 1000;
		const { groups } = body.data, oldest = route.request().url().includes("sort=push_time_seconds");
		groups.forEach((group, i) => {
			group.push_time_seconds = now - (oldest ? OLDEST * (AGES[0] / OLDEST) ** (i / groups.length)
				: AGES[(i * 7 + 5) % AGES.length]);
		});
		const { total } = body.data;
		const part = (of) => Math.round(total * of);
		if (body.data.freshness) body.data.freshness = { ...body.data.freshness, minute: part(.22), hour: part(.55), day: part(.83), week: part(.93), older: total - part(.93), never: 0 };
		await route.fulfill({ response: answer, json: body });
	});
}

export async function takeScreenshots(browser, binary, directory) {
	mkdirSync(directory, { recursive: true });
	const gateway = await Gateway.start(binary, ["--web.enable-admin-api"]);
	try {
		await fill(gateway);
		const shots = [
			["list.png", { viewport: { width: 1280, height: 760 }, colorScheme: "light" }, "/?sort=trouble"],
			["group.png", { viewport: { width: 1280, height: 860 }, colorScheme: "dark" }, "/?q=db-7&open=job/backup/env/prod/instance/db-7"],
			["phone.png", { viewport: { width: 390, height: 760 }, colorScheme: "light" }, "/?q=backup"],
		];
		for (const [name, context, target] of shots) {
			const page = await browser.newPage(context);
			await spreadAges(page);
			await page.goto(`${gateway.url}${target}`);
			await page.locator(".group-row").first().waitFor();
			if (target.includes("open=")) await page.locator(".detail svg").first().waitFor();
			await page.screenshot({ path: path.join(directory, name) });
			await page.close();
		}
	} finally {
		await gateway.stop();
	}
}

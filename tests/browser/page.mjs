// SPDX-License-Identifier: Apache-2.0
// What a reader of the page can count on.
import { expect, test, until } from "./harness.mjs";

const ADMIN = ["--web.enable-admin-api"];
const HASH = "$2y$04$PuRa2Hd.tiusqnSirHgLEejo.SqkmyoYqUDj4TI/cWbrIjvwgIDGq"; // "secret"
const HISTOGRAM = `# HELP step_seconds How long a step took.
# TYPE step_seconds histogram
step_seconds_bucket{step="load",le="0.1"} 1
step_seconds_bucket{step="load",le="1"} 3
step_seconds_bucket{step="load",le="+Inf"} 4
step_seconds_sum{step="load"} 5.25
step_seconds_count{step="load"} 4
# TYPE size_bytes summary
size_bytes{quantile="0.5"} 2
size_bytes{quantile="0.9"} 7
size_bytes_sum 30
size_bytes_count 10
`;
// A family "native" of one metric: schema 0, zero bucket 2, buckets (0.5,1]: 1, (1,2]: 3, (2,4]: 2.
const NATIVE = Buffer.concat([Buffer.from([0x31]), Buffer.from([
	0x0a, 6, ...Buffer.from("native"), 0x18, 4,
	0x22, 0x25, 0x3a, 0x23,
	0x08, 8, 0x11, 0, 0, 0, 0, 0, 0, 0x24, 0x40, 0x28, 0, 0x31, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0x38, 2,
	0x62, 4, 0x08, 0, 0x10, 3, 0x6a, 3, 2, 4, 1])]);

const rows = (page) => page.locator("#rows .group-row");
const rowTexts = async (page) => (await page.locator("#rows .group-row .badges").allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
const summaryIs = (page, text) => until(async () => (await page.textContent("#summary")) === text, `the summary says ${text}`);
const openGroup = (page, name) => page.locator(".opener", { has: page.locator(`xpath=self::*[contains(@aria-label, '${name}')]`) }).click();
const row = (page, text) => rows(page).filter({ hasText: text });

test("A push appears by itself, with its labels, its age and its size.", {}, async ({ page, gateway, url }) => {
	await page.goto(`${url}/`);
	await page.getByText("Nothing was pushed yet").waitFor();
	await gateway.push("job/backup/instance/host-1", "a_bytes 42\nb 1\n");
	await row(page, 'job="backup"').waitFor();
	expect(await rowTexts(page), ['job="backup" instance="host-1"'], "the rows");
	expect((await row(page, "backup").locator(".number").allInnerTexts()).slice(0, 2), ["4", "4"], "families and series");
	await until(async () => /^\d+ s ago$/.test(await page.textContent("#rows time")), "an age in seconds");
	const first = await page.textContent("#rows time");
	await until(async () => (await page.textContent("#rows time")) !== first, "an age that grows");
	await summaryIs(page, "1 group");
});

test("Search narrows the list while one types; filter, order and open groups are in the URL and survive a reload.", {},
	async ({ page, gateway, url }) => {
		for (const name of ["alpha", "beta", "gamma"]) await gateway.push(`job/${name}/instance/Host-${name}`, "a 1\n");
		await page.goto(`${url}/`);
		await summaryIs(page, "3 groups");
		await page.locator("#search").pressSequentially("host-be");
		await summaryIs(page, "1 of 3 groups");
		expect(await rowTexts(page), ['job="beta" instance="Host-beta"'], "the rows");
		await page.selectOption("#sort", "-series");
		await openGroup(page, "beta");
		await page.locator(".family").first().waitFor();
		expect(new URL(page.url()).search, "?q=host-be&sort=-series&open=job%2Fbeta%2Finstance%2FHost-beta", "the URL");
		await page.reload();
		await page.locator(".family").first().waitFor();
		await summaryIs(page, "1 of 3 groups");
		expect(await page.inputValue("#search"), "host-be");
		expect(await page.inputValue("#sort"), "-series");
	});

test("A selector filters by labels; what is wrong with one is said beside it.", { errors: [/status of 400/] }, async ({ page, gateway, url }) => {
	await gateway.push("job/a/env/prod", "a 1\n");
	await gateway.push("job/b/env/prod", "a 1\n");
	await gateway.push("job/b/env/test", "a 1\n");
	await page.goto(`${url}/`);
	await summaryIs(page, "3 groups");
	await page.fill("#search", '{job=~"b|c",env!="test"}');
	await summaryIs(page, "1 of 3 groups");
	expect(await rowTexts(page), ['job="b" env="prod"'], "the rows");
	await page.fill("#search", '{job="b"');
	await page.locator("#filter-error").waitFor();
	expect(await page.getAttribute("#search", "aria-invalid"), "true");
	await page.fill("#search", "");
	await summaryIs(page, "3 groups");
	expect(await page.isVisible("#filter-error"), false, "an error that is over");
	await row(page, "test").locator("button.label", { hasText: "env" }).click();
	await summaryIs(page, "1 of 3 groups");
	await row(page, "test").locator("button.label", { hasText: "job" }).click();
	expect(await page.inputValue("#search"), '{env="test",job="b"}', "the filter that badges made");
});

test("An opened group shows help, type, age and values.", {},
	async ({ page, gateway, url }) => {
		await gateway.push("job/etl", '# HELP rows_total Rows & more.\n# TYPE rows_total counter\nrows_total{table="users"} 123456789\n');
		await page.goto(`${url}/`);
		await openGroup(page, "etl");
		const family = page.locator('[data-family="rows_total"]');
		await family.waitFor();
		expect(await family.locator(".type").textContent(), "COUNTER");
		expect(await family.locator(".help").textContent(), "Rows & more.");
		expect(await family.locator("td .label").allTextContents(), ['table="users"'], "labels beside the group's");
		expect(await family.locator("td.value").textContent(), "123456789");
		await family.getByText("1 series, last pushed: ").waitFor();
		expect(await page.locator(".detail [data-family]").evaluateAll((nodes) => nodes.map((node) => node.dataset.family)),
			["rows_total", "push_failure_time_seconds", "push_time_seconds"], "the gateway's own families come last");
		await openGroup(page, "etl");
		expect(await page.locator(".detail").count(), 0, "a closed group");
	});

test("Histograms and summaries are bars beside their numbers; native ones too.", {}, async ({ page, gateway, url }) => {
	await gateway.push("job/etl", HISTOGRAM);
	await gateway.push("job/native", NATIVE, { headers: {
		"Content-Type": "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited" } });
	await page.goto(`${url}/?open=job/etl&open=job/native`);
	const classic = page.locator('[data-family="step_seconds"]');
	await classic.locator("svg").waitFor();
	expect(await classic.locator("svg").getAttribute("aria-label"),
		"Histogram of 4 samples: 1 up to 0.1; 2 above 0.1, up to 1; 1 above 1, up to +Inf", "the drawing in words");
	const heights = await classic.locator("rect").evaluateAll((bars) => bars.map((bar) => Number(bar.getAttribute("height"))));
	expect([heights.length, heights[1] / heights[0], heights[0] === heights[2]], [3, 2, true], "the bars");
	expect(await classic.locator(".points tr").allTextContents(), ["≤ bucket, cumulativecount", "≤ 0.11", "≤ 13", "≤ +Inf4",
		"Count4", "Sum5.25", "Mean1.31", "≈ p500.55", "≈ p901", "≈ p991"], "the numbers");
	const summary = page.locator('[data-family="size_bytes"]');
	expect(await summary.locator("rect title").allTextContents(), ["Quantile 0.5: 2", "Quantile 0.9: 7"], "the quantiles");
	const native = page.locator('[data-family="native"]');
	await native.locator("svg").waitFor();
	expect(await native.locator("rect title").allTextContents(),
		["2 in [-1, 1]", "1 in (0.5, 1]", "3 in (1, 2]", "2 in (2, 4]"], "the native buckets");
});

test("A group is deleted after a dialog that names it, and not when one thinks better of it.", {}, async ({ page, gateway, url }) => {
	await gateway.push("job/keep", "a 1\n");
	await gateway.push("job@base64/YS9iICI/dc@base64/=", "a 1\n");
	await page.goto(`${url}/`);
	await summaryIs(page, "2 groups");
	await row(page, "dc=").getByRole("button", { name: "Delete Group" }).click();
	expect(await page.textContent("#confirm-text"), 'Do you really want to delete all metrics of group {job="a/b "", dc=""}?');
	await page.getByText("3 families, 3 series, last pushed").waitFor();
	await page.getByRole("button", { name: "Cancel" }).click();
	expect((await gateway.groups()).length, 2, "groups after Cancel");
	await row(page, "dc=").getByRole("button", { name: "Delete Group" }).click();
	await page.keyboard.press("Escape");
	expect((await gateway.groups()).length, 2, "groups after Escape");
	await row(page, "dc=").getByRole("button", { name: "Delete Group" }).click();
	await page.locator("#confirm-yes").click();
	await summaryIs(page, "1 group");
	expect(await gateway.groups(), [{ job: "keep" }], "groups after Delete");
});

test("What a selector matches is deleted after a dialog that lists it.", { flags: ADMIN }, async ({ page, gateway, url }) => {
	for (const env of ["prod", "test"]) for (const job of ["a", "b"]) await gateway.push(`job/${job}/env/${env}`, "a 1\n");
	await page.goto(`${url}/`);
	await page.fill("#search", '{env="test"}');
	await page.getByRole("button", { name: "Delete 2 matching groups" }).click();
	await page.locator("#confirm[open]").waitFor();
	expect(await page.textContent("#confirm-text"), "Do you really want to delete all metrics of 2 groups that match?");
	expect(await page.locator("#confirm-list li").allTextContents(), ['{job="a", env="test"}', '{job="b", env="test"}'], "the list");
	await page.getByRole("button", { name: "Delete 2 groups", exact: true }).click();
	await summaryIs(page, "0 of 2 groups");
	expect(await gateway.groups(), [{ env: "prod", job: "a" }, { env: "prod", job: "b" }], "groups that are left");
});

test("What a search found is deleted, too, and nothing else; that needs no admin API.", {}, async ({ page, gateway, url }) => {
	for (const name of ["one", "two", "three"]) await gateway.push(`job/${name}`, "a 1\n");
	await page.goto(`${url}/?q=job%3D%22t`);
	await page.getByRole("button", { name: "Delete 2 matching groups" }).click();
	await page.locator("#confirm[open]").waitFor();
	expect(await page.locator("#confirm-list li").allTextContents(), ['{job="three"}', '{job="two"}'], "the list");
	await gateway.push("job/ten", "a 1\n");
	await page.getByRole("button", { name: "Delete 2 groups", exact: true }).click();
	await summaryIs(page, "1 of 2 groups");
	expect(await gateway.groups(), [{ job: "one" }, { job: "ten" }].sort((a, b) => (a.job < b.job ? -1 : 1)), "groups that are left");
});

test("Everything is wiped after a dialog that says so.", { flags: ADMIN }, async ({ page, gateway, url }) => {
	for (const name of ["one", "two"]) await gateway.push(`job/${name}`, "a 1\n");
	await page.goto(`${url}/?q=one`);
	await page.getByRole("button", { name: "Delete All 2 Groups" }).click();
	expect(await page.textContent("#confirm-text"), "Do you really want to delete all metrics from all metric groups?");
	expect(await page.textContent("#confirm-facts"), "All 2 groups go, whatever the filter shows.");
	await page.getByRole("button", { name: "Delete All", exact: true }).click();
	await summaryIs(page, "0 of 0 groups");
	expect(await gateway.groups(), [], "groups that are left");
});

test("Without the admin API there is no button that wipes.", {}, async ({ page, gateway, url }) => {
	await gateway.push("job/x", "a 1\n");
	await page.goto(`${url}/`);
	await summaryIs(page, "1 group");
	expect(await page.isVisible("#wipe"), false, "the button");
});

test("Behind a route prefix everything works, on / and on /status.", { prefix: "/p/q", flags: ["--web.route-prefix=/p/q"] },
	async ({ page, gateway, url }) => {
		await gateway.push("job/x", "a 1\n");
		await page.goto(`${url}/`);
		await openGroup(page, "x");
		await page.locator('[data-family="a"]').waitFor();
		await page.goto(`${url}/status`);
		await page.getByRole("heading", { name: "Startup Flags" }).waitFor();
		await page.locator("#tab-metrics").click();
		await row(page, 'job="x"').getByRole("button", { name: "Delete Group" }).click();
		await page.locator("#confirm-yes").click();
		await summaryIs(page, "0 groups");
	});

test("Behind a reverse proxy everything works below the external URL.",
	{ proxy: "/gateway", flags: ["--web.external-url=http://example.com/gateway/", "--web.route-prefix=/"] },
	async ({ page, gateway, url }) => {
		await gateway.push("job/x", "a 1\n");
		await page.goto(`${url}/`);
		await openGroup(page, "x");
		await page.locator('[data-family="a"]').waitFor();
		await page.getByRole("button", { name: "Copy curl", exact: true }).waitFor();
		await row(page, 'job="x"').getByRole("button", { name: "Delete Group" }).click();
		await page.locator("#confirm-yes").click();
		await summaryIs(page, "0 groups");
	});

const EVIL = `<script>window.evil=1</script><img src=x onerror="window.evil=1">'"&`;

test("Markup and script in labels, values and help texts are text, with and without our script.", {},
	async ({ page, gateway, url }) => {
		const job = Buffer.from(EVIL).toString("base64url");
		const label = EVIL.replaceAll('"', '\\"');
		await gateway.push(`job@base64/${job}`, `# HELP a ${EVIL}\n# TYPE a gauge\na{l="${label}"} 1\n`);
		await page.goto(`${url}/`);
		await row(page, "script").locator(".opener").click();
		await page.locator('[data-family="a"]').waitFor();
		expect(await page.locator('[data-family="a"] .help').textContent(), EVIL, "the help text");
		expect(await page.locator('[data-family="a"] td .label').textContent(), `l="${EVIL}"`, "the label");
		await row(page, "script").getByRole("button", { name: "Delete Group" }).click();
		expect(await page.textContent("#confirm-text"), `Do you really want to delete all metrics of group {job="${EVIL}"}?`);
		await page.goto(`${url}/?q=${encodeURIComponent(EVIL)}&open=${encodeURIComponent(EVIL)}&sort=${encodeURIComponent(EVIL)}`);
		await summaryIs(page, "1 of 1 group");
		expect(await page.evaluate(() => [window.evil, document.scripts.length, document.querySelectorAll("img").length]),
			[null, 1, 0].map((x) => x ?? undefined), "what ran");
	});

test("A group whose last push failed says so; failed groups come first, then those that are silent the longest.", {},
	async ({ page, gateway, url }) => {
		for (const name of ["a", "b", "c"]) {
			await gateway.push(`job/${name}`, "m 1\n");
			await new Promise((resolve) => setTimeout(resolve, 30));
		}
		await gateway.push("job/c", "m 1 2\n", { status: 400 });
		await gateway.push("job/new", "m 1 2\n", { status: 400 });
		await page.goto(`${url}/?sort=trouble`);
		await summaryIs(page, "4 groups");
		expect(await rowTexts(page), ['job="new" Last push failed!', 'job="c" Last push failed!', 'job="a"', 'job="b"'], "the rows");
		expect(await row(page, "new").locator("time").textContent(), "never");
		await gateway.push("job/c", "m 1\n");
		await page.getByRole("button", { name: "1 last push failed" }).click();
		await summaryIs(page, "1 of 4 groups");
		expect(await rowTexts(page), ['job="new" Last push failed!'], "what failed");
	});

test("Failed and late groups come page by page, each of them once.", {}, async ({ page, gateway, url }) => {
	const names = Array.from({ length: 230 }, (_, i) => `g${String(i).padStart(3, "0")}`);
	for (const name of names) await gateway.push(`job/${name}`, "m 1\n");
	for (const name of names.slice(50, 180)) await gateway.push(`job/${name}`, "m 1 2\n", { status: 400 });
	await page.goto(`${url}/?sort=trouble`);
	await summaryIs(page, "230 groups");
	const seen = [];
	for (;;) {
		seen.push(...await rowTexts(page));
		if (await page.isDisabled("#next")) break;
		const before = await page.textContent("#position");
		await page.click("#next");
		await until(async () => (await page.textContent("#position")) !== before, "the next page");
	}
	expect([seen.length, new Set(seen).size], [230, 230], "groups seen");
	expect(seen.map((text) => text.includes("failed")).lastIndexOf(true), 129, "the last failed one");
});

test("The picture of freshness counts groups by the age of their last push, and filters by it.", {}, async ({ page, gateway, url }) => {
	await gateway.push("job/a", "m 1\n");
	await gateway.push("job/b", "m 1\n");
	await gateway.push("job/never", "m 1 2\n", { status: 400 });
	await page.goto(`${url}/`);
	await summaryIs(page, "3 groups");
	expect((await page.locator("#freshness button").allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim()),
		["2 under 1 min", "0 1 min to 1 h", "0 1 h to 1 day", "0 1 day to 1 week", "0 over 1 week", "1 never pushed", "1 last push failed"]);
	expect(await page.getAttribute("#freshness svg", "aria-label"), "2 under 1 min, 1 never pushed");
	await page.getByRole("button", { name: "never pushed" }).click();
	await summaryIs(page, "1 of 3 groups");
	expect(await rowTexts(page), ['job="never" Last push failed!'], "the rows");
	await page.reload();
	await summaryIs(page, "1 of 3 groups");
	await page.getByRole("button", { name: "under 1 min" }).click();
	await summaryIs(page, "2 of 3 groups");
	await page.getByRole("button", { name: "under 1 min" }).click();
	await summaryIs(page, "3 groups");
});

test("A long list has pages, and columns sort it.", {}, async ({ page, gateway, url }) => {
	for (let i = 0; i < 250; i++) await gateway.push(`job/g${String(i).padStart(3, "0")}`, i === 77 ? "a 1\nb 1\nc 1\n" : "a 1\n");
	await page.goto(`${url}/`);
	await summaryIs(page, "250 groups");
	expect([await rows(page).count(), await page.textContent("#position")], [100, "1–100 of 250"]);
	await page.click("#next");
	await until(async () => (await page.textContent("#position")) === "101–200 of 250", "the second page");
	await page.reload();
	await until(async () => (await rowTexts(page))[0] === 'job="g100"', "the second page after a reload");
	await page.click("#next");
	await until(async () => (await rows(page).count()) === 50, "the last page");
	await page.click("#first");
	await until(async () => (await rowTexts(page))[0] === 'job="g000"', "the first page");
	await page.getByRole("button", { name: "Series" }).click();
	await page.getByRole("button", { name: "Series" }).click();
	await until(async () => (await rowTexts(page))[0] === 'job="g077"', "the group with most series first");
	expect(await page.getAttribute('th[data-sort="series"]', "aria-sort"), "descending");
});

test("A family with many series shows the first of them, and more when asked.", {}, async ({ page, gateway, url }) => {
	await gateway.push("job/x", Array.from({ length: 600 }, (_, i) => `m{i="${i}"} ${i}\n`).join(""));
	await page.goto(`${url}/?open=job/x`);
	const family = page.locator('[data-family="m"]');
	await family.locator("tbody tr").first().waitFor();
	expect(await family.locator("tbody tr").count(), 50, "rows at first");
	await family.getByRole("button", { name: "Show 500 more of 550" }).click();
	await family.getByRole("button", { name: "Show 50 more of 50" }).click();
	expect(await family.locator("tbody tr").count(), 600, "all rows");
});

test("Buttons copy the curl command, the PromQL selector and the alert expression.",
	{ context: { permissions: ["clipboard-read", "clipboard-write"] } }, async ({ page, gateway, url }) => {
		await gateway.push("job/back/path@base64/L3Zhci9pdCdz", "a 1\n");
		await page.goto(`${url}/?q=path`);
		await rows(page).locator(".opener").click();
		const copied = async (name) => {
			await page.getByRole("button", { name, exact: true }).click();
			await page.locator("#toast.shown").waitFor();
			return page.evaluate(() => navigator.clipboard.readText());
		};
		const labels = 'job="back",path="/var/it\'s"';
		expect(await copied("Copy PromQL"), `{${labels}}`);
		expect(await copied("Copy alert"), `time() - push_time_seconds{${labels}} > 3600\nor\npush_failure_time_seconds{${labels}} > push_time_seconds{${labels}}`);
		expect(await copied("Copy curl"),
			`echo "a 42" | curl --fail-with-body --data-binary @- '${gateway.url}/metrics/job/back/path@base64/L3Zhci9pdCdz'`);
		expect(await copied("Copy link"), page.url());
	});

test("Values stand in plain decimal, with what they mean where the name says it.", {}, async ({ page, gateway, url }) => {
	const before = Math.floor(Date.now() / 1000) - 7200;
	await gateway.push("job/x", `big 1.5e9\nsmall -1.25e-7\nhuge 1e300\nodd NaN\nsize_bytes 3221225472\nlast_success_unixtime ${before}\nduration_seconds 7384\n`);
	await page.goto(`${url}/?open=job/x`);
	await page.locator('[data-family="size_bytes"]').waitFor();
	const value = async (name) => (await page.locator(`[data-family="${name}"] td.value`).innerText()).replace(/\s+/g, " ");
	expect([await value("big"), await value("small"), await value("huge"), await value("odd")], ["1500000000", "-0.000000125", "1e+300", "NaN"]);
	expect([await value("size_bytes"), await value("duration_seconds")], ["3221225472 3.0 GiB", "7384 2 h 3 min"]);
	const time = await value("last_success_unixtime");
	if (!time.startsWith(`${before} `) || !time.endsWith("(2 h 0 min ago)")) throw new Error(`a time is shown as ${time}`);
});

test("The status tab shows build, flags, start, persistence and limits, and is in the URL.", { flags: ADMIN },
	async ({ page, url }) => {
		await page.goto(`${url}/`);
		await page.click("#tab-status");
		for (const name of ["Gateway", "Stored", "Persistence", "Limits", "Build Information", "Startup Flags"])
			await page.getByRole("heading", { name, exact: true }).waitFor();
		const status = await page.textContent("#status");
		for (const text of ["web.enable-admin-api", "0 of at most 2,000,000", "push.max-series", "goVersion", "Up for"])
			if (!status.includes(text)) throw new Error(`the status does not say ${text}`);
		expect(await page.isVisible("#table"), false, "the list");
		await page.reload();
		await page.getByRole("heading", { name: "Limits" }).waitFor();
		expect(await page.getAttribute("#tab-status", "aria-current"), "page");
	});

test("The keyboard is enough: / searches, Enter opens, Escape leaves a dialog, focus comes back.", {}, async ({ page, gateway, url }) => {
	await gateway.push("job/x", "a 1\n");
	await gateway.push("job/y", "a 1\n");
	await page.goto(`${url}/`);
	await summaryIs(page, "2 groups");
	await page.keyboard.press("/");
	await page.keyboard.type("x");
	await summaryIs(page, "1 of 2 groups");
	for (let i = 0; i < 40 && !(await page.evaluate(() => document.activeElement.className === "opener")); i++) await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	await page.locator(".family").first().waitFor();
	expect(await page.getAttribute(".opener", "aria-expanded"), "true");
	for (let i = 0; i < 5 && !(await page.evaluate(() => document.activeElement.textContent === "Delete Group")); i++) await page.keyboard.press("Tab");
	await page.keyboard.press("Enter");
	await page.locator("#confirm[open]").waitFor();
	expect(await page.evaluate(() => document.activeElement.id), "confirm-no", "what has the focus in the dialog");
	await page.keyboard.press("Escape");
	expect(await page.evaluate(() => document.activeElement.textContent), "Delete Group", "what has the focus afterwards");
});

test("On a telephone nothing is wider than the screen.", { flags: ADMIN, context: { viewport: { width: 360, height: 740 } } },
	async ({ page, gateway, url }) => {
		await gateway.push(`job/${"long-name-".repeat(12)}/instance/x`, HISTOGRAM);
		await page.goto(`${url}/`);
		await rows(page).locator(".opener").click();
		await page.locator('[data-family="step_seconds"] svg').waitFor();
		expect(await page.evaluate(() => document.documentElement.scrollWidth), 360, "the width of the list");
		await page.click("#tab-status");
		await page.getByRole("heading", { name: "Limits" }).waitFor();
		expect(await page.evaluate(() => document.documentElement.scrollWidth), 360, "the width of the status");
	});

for (const colorScheme of ["light", "dark"])
	test(`axe finds nothing serious in the list, an open group, a dialog and the status (${colorScheme}).`,
		{ flags: ADMIN, context: { colorScheme } }, async ({ page, gateway, url, axe }) => {
			await gateway.push("job/etl/instance/i/dc/eu", HISTOGRAM + "a 1\n");
			await gateway.push("job/bad", "m 1 2\n", { status: 400 });
			const check = async (what) => {
				await page.waitForTimeout(300); // transitions
				await page.evaluate(axe);
				const { violations } = await page.evaluate(() => window.axe.run());
				const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
				expect(serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).slice(0, 3).join(" ")}`), [], `axe about ${what}`);
			};
			await page.goto(`${url}/?open=job/etl/dc/eu/instance/i`);
			await page.locator('[data-family="step_seconds"] svg').waitFor();
			await check("an open group");
			await page.getByRole("button", { name: "Delete All 2 Groups" }).click();
			await check("the dialog");
			await page.keyboard.press("Escape");
			await page.click("#tab-status");
			await page.getByRole("heading", { name: "Limits" }).waitFor();
			await check("the status");
		});

test("Without a script the page has the groups opened, in the words of the original, and the status.",
	{ flags: ADMIN, context: { javaScriptEnabled: false } }, async ({ page, gateway, url }) => {
		await gateway.push("job/etl/instance/i", HISTOGRAM);
		await page.goto(`${url}/`);
		const text = await page.innerText("main");
		for (const wanted of ['job="etl"', 'instance="i"', "Delete Group", "Delete All 1 Groups", "step_seconds", "How long a step took.",
			"HISTOGRAM", "last pushed: 20", "Sample values ≤ 0.1", "Total sample Count", "Quantile 0.5", "Sample Count", "Sample Sum",
			"Started", "Build Information", "Startup Flags", "web.listen-address"])
			if (!text.includes(wanted)) throw new Error(`the page does not say ${wanted}`);
		expect(await page.isVisible("#filter"), false, "what needs a script");
		await gateway.push("job/tiny", "m 5e-324\n");
		await page.reload();
		const width = await page.locator("td.value", { hasText: "0.0000000000" }).evaluate((cell) => cell.closest("table").parentElement.clientWidth - cell.clientWidth);
		if (width < 200) throw new Error("a number with many digits leaves its labels no room");
	});

test("As served the page holds the first hundred groups and not more values than it can bear; the list has all.", {},
	async ({ page, gateway, url }) => {
		await gateway.push("job/a0/instance/big", Array.from({ length: 30000 }, (_, i) => `m{i="${i}"} ${i}\n`).join(""));
		for (let i = 0; i < 119; i++) await gateway.push(`job/b${i}`, "m 1\n");
		const text = await (await fetch(`${url}/`)).text();
		expect(text.split('<details class="group"').length - 1, 100, "groups as served");
		if (!/<p>\d+ more series\.<\/p>/.test(text)) throw new Error("the page does not say how many series it leaves out");
		if (text.length > 2.5e6) throw new Error(`the page has ${text.length} bytes`);
		await page.goto(`${url}/?sort=-series`);
		await summaryIs(page, "120 groups");
		await row(page, "a0").locator(".opener").click();
		await page.getByRole("button", { name: "Show 500 more of 29,950" }).waitFor();
	});

test("All that an empty page loads is under 100 kB.", {}, async ({ page, url }) => {
	const cdp = await page.context().newCDPSession(page);
	let bytes = 0;
	cdp.on("Network.loadingFinished", ({ encodedDataLength }) => { bytes += encodedDataLength; });
	await cdp.send("Network.enable");
	await page.goto(`${url}/`);
	await summaryIs(page, "0 groups");
	await page.waitForLoadState("networkidle");
	if (bytes < 10000 || bytes > 100000) throw new Error(`the page loads ${bytes} bytes`);
});

test("A gauge histogram, of which the API has no numbers, is not shown as 0.", {}, async ({ page, gateway, url }) => {
	const gauge = Buffer.from(NATIVE);
	gauge[1 + 8 + 1] = 5; // its type
	await gateway.push("job/x", gauge, { headers: {
		"Content-Type": "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited" } });
	await page.goto(`${url}/?open=job/x`);
	expect(await page.locator('[data-family="native"] td.value').textContent(), "see /metrics");
});

test("A long label value is cut in its badge and whole in its tooltip.", {}, async ({ page, gateway, url }) => {
	await gateway.push(`job/${"x".repeat(5000)}`, "m 1\n");
	await page.goto(`${url}/`);
	const badge = row(page, "xxx").locator(".label");
	expect((await badge.textContent()).length, 161, "characters of the badge");
	expect((await badge.getAttribute("title")).includes("x".repeat(5000)), true, "all of it in the tooltip");
});

test("A page whose URL has a name and password works, and copies neither.",
	{ context: { permissions: ["clipboard-read", "clipboard-write"] } }, async ({ page, gateway, url }) => {
		await gateway.push("job/x", "a 1\n");
		await page.goto(`${url.replace("http://", "http://reader:secret@")}/`);
		await openGroup(page, "x");
		await page.locator('[data-family="a"]').waitFor();
		for (const name of ["Copy curl", "Copy link"]) {
			await page.getByRole("button", { name, exact: true }).click();
			await page.locator("#toast.shown").waitFor();
			if ((await page.evaluate(() => navigator.clipboard.readText())).includes("secret")) throw new Error(`${name} copies the password`);
		}
	});

test("What the reader may not do says so, in the dialog and beside the list.", { errors: [/Failed to load resource/], webConfig: true },
	async ({ page, gateway, url, configure }) => {
		const file = (looker) => `basic_auth_users: {looker: ${HASH}}\nroles: {looker: [${looker}]}\nopen_paths: [/-/ready]\n`;
		await gateway.push("job/x", "a 1\n");
		configure(file("read"));
		await page.goto(`${url.replace("http://", "http://looker:secret@")}/`);
		await row(page, 'job="x"').getByRole("button", { name: "Delete Group" }).click();
		await page.getByRole("button", { name: "Delete", exact: true }).click();
		await page.getByText('Deleting metric group failed: user "looker" may not do this: the role "push" is needed').waitFor();
		await page.getByRole("button", { name: "Cancel" }).click();
		configure(file("scrape"));
		await page.locator("#search").fill("x");
		await page.getByText('The gateway refused: user "looker" may not do this: the role "read" is needed').waitFor();
	});

test("When the API cannot be asked the groups as served are shown, and the reason.", { errors: [/Failed to load resource/] },
	async ({ page, gateway, url }) => {
		await gateway.push("job/x", "a 1\n");
		await page.route("**/api/v1/groups*", (route) => route.fulfill({ status: 503, body: "the store is loading" }));
		await page.goto(`${url}/`);
		await page.getByText("The gateway did not answer: the store is loading").waitFor();
		await page.locator("#served .group").waitFor();
		await page.unroute("**/api/v1/groups*");
		await row(page, 'job="x"').waitFor();
		expect(await page.isVisible("#served"), false, "the groups as served, once the API answers");
	});

test("The page keeps nothing in the browser but the choice of dark or light.", { context: { colorScheme: "light" } },
	async ({ page, gateway, url, context }) => {
		await gateway.push("job/x", "a 1\n");
		await page.goto(`${url}/`);
		await summaryIs(page, "1 group");
		await page.click("#theme");
		await page.reload();
		expect(await page.getAttribute("html", "data-theme"), "dark");
		expect(await page.evaluate(() => [Object.entries(localStorage), Object.entries(sessionStorage)]), [[["theme", "dark"]], []], "the storage");
		expect(await context.cookies(), [], "the cookies");
	});

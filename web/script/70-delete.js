// SPDX-License-Identifier: Apache-2.0
// What cannot be undone: each time a dialog says exactly what goes.

const isAdmin = document.body.dataset.admin === "true";
const LISTED_MAX = 200, ONE_BY_ONE_MAX = 1000, AT_ONCE = 6;

// Asks; does `act` when the reader agrees, and stays open with the reason when it fails.
function confirmDeletion({ text, facts = "", list = [], yes = "Delete", act }) {
	const dialog = byId("confirm");
	byId("confirm-text").textContent = text;
	byId("confirm-facts").textContent = facts;
	byId("confirm-list").replaceChildren(...list.slice(0, LISTED_MAX).map((line) => make("li", {}, line)),
		...(list.length > LISTED_MAX ? [make("li", {}, `and ${count(list.length - LISTED_MAX)} more`)] : []));
	byId("confirm-list").hidden = list.length === 0;
	byId("confirm-error").hidden = true;
	const agree = byId("confirm-yes");
	agree.textContent = yes;
	agree.disabled = false;
	agree.onclick = async () => {
		agree.disabled = true;
		try {
			toast(await act());
			dialog.close();
		} catch (error) {
			byId("confirm-error").textContent = `Deleting metric group failed: ${error.message}`;
			byId("confirm-error").hidden = false;
			agree.disabled = false;
		}
		refresh();
	};
	byId("confirm-no").onclick = () => dialog.close();
	dialog.showModal();
	byId("confirm-no").focus();
}

function confirmGroup(group) {
	confirmDeletion({
		text: `Do you really want to delete all metrics of group ${groupText(group.labels)}?`,
		facts: `${counted(group.families, "family", "families")}, ${counted(group.series, "series", "series")}, last pushed: ` +
			`${ageText(group.push_time_seconds)}.`,
		act: async () => {
			await deleteGroup(group.path);
			view.open.delete(group.path);
			writeUrl();
			return "Deleted 1 group";
		},
	});
}

// A selector alone is the gateway's business: one step, judged by itself.
const bySelector = () => isAdmin && isSelector(view.query) && view.fresh === "";

async function matchingBySelector() {
	const parameters = add(filterParameters(), { all: "true" });
	const { groups, total } = await deleteMatching(add(new URLSearchParams(parameters), { dry_run: "true" }));
	return { groups, total, act: async () => {
		const { deleted } = await deleteMatching(parameters);
		return `Deleted ${counted(deleted, "group")}`;
	} };
}

// Any other filter is a list of groups, deleted one by one: exactly those that were listed.
async function matchingOneByOne() {
	const parameters = add(filterParameters(), { ...freshParameters(), limit: String(ONE_BY_ONE_MAX) });
	const { groups, total } = await askGroups(parameters);
	return { groups, total, act: async () => {
		const left = groups.map((group) => groupPath(group.labels));
		const work = async () => { while (left.length > 0) await deleteGroup(left.pop()); };
		await Promise.all(Array.from({ length: AT_ONCE }, work));
		return `Deleted ${counted(groups.length, "group")}`;
	} };
}

async function confirmMatching() {
	let found;
	try {
		found = await (bySelector() ? matchingBySelector() : matchingOneByOne());
	} catch (error) {
		note(`The gateway does not say what would be deleted: ${error.message}`);
		return;
	}
	const { groups, total, act } = found, n = groups.length;
	const series = groups.reduce((sum, group) => sum + group.series, 0);
	confirmDeletion({
		text: n < total ? `Do you really want to delete all metrics of the first ${count(n)} of ${counted(total, "group")} that match?`
			: `Do you really want to delete all metrics of ${counted(n, "group")} that match?`,
		facts: `${counted(series, "series", "series")}.` + (bySelector() ? ` What ${view.query.trim()} matches at the moment you agree goes, nothing else.` : ""),
		list: groups.map((group) => groupText(group.labels)),
		yes: `Delete ${counted(n, "group")}`,
		act,
	});
}

function confirmWipe() {
	confirmDeletion({
		text: "Do you really want to delete all metrics from all metric groups?",
		facts: `All ${counted(shown.stored, "group")} go, whatever the filter shows.`,
		yes: "Delete All",
		act: async () => {
			await wipe();
			view.open.clear();
			writeUrl();
			return "Deleted all groups";
		},
	});
}

function listenToDeletes() {
	byId("delete-matching").addEventListener("click", confirmMatching);
	byId("wipe").addEventListener("click", confirmWipe);
}

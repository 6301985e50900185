/* SPDX-License-Identifier: Apache-2.0 */
/* client HOST PORT ACTION -- one call of the prometheus-cpp push library; prints the status it returns. */
#include <prometheus/counter.h>
#include <prometheus/gateway.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/summary.h>

#include <cmath>
#include <iostream>
#include <memory>
#include <string>

using namespace prometheus;

static std::shared_ptr<Registry> registry_fill(const std::string &action)
{
	auto registry = std::make_shared<Registry>();

	if (action == "push_add") {
		BuildGauge().Name("cpp_added").Help("Added later.").Register(*registry).Add({}).Set(7);
		return registry;
	}
	BuildCounter()
		.Name("cpp_events_total")
		.Help("Events seen.")
		.Register(*registry)
		.Add({{"kind", "a\"b\\c"}})
		.Increment(3);
	auto &gauge = BuildGauge().Name("cpp_gauge").Help("Odd values.").Register(*registry);
	gauge.Add({{"value", "nan"}}).Set(std::nan(""));
	gauge.Add({{"value", "inf"}}).Set(INFINITY);
	gauge.Add({{"value", "big"}}).Set(1234567890.5);
	auto &histogram = BuildHistogram().Name("cpp_seconds").Help("Steps.").Register(*registry).Add(
		{{"step", "load"}}, Histogram::BucketBoundaries{0.1, 1});
	histogram.Observe(0.05);
	histogram.Observe(5);
	auto &summary = BuildSummary().Name("cpp_size").Help("Sizes.").Register(*registry).Add(
		{}, Summary::Quantiles{{0.5, 0.05}});
	summary.Observe(2);
	summary.Observe(2);
	return registry;
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		std::cerr << "usage: client HOST PORT ACTION\n";
		return 2;
	}
	const std::string action = argv[3];
	Gateway gateway(argv[1], argv[2], "cpp_job", {{"instance", "host1"}, {"zone", "eu-1"}});
	auto registry = registry_fill(action);
	gateway.RegisterCollectable(registry);

	int status;
	if (action == "push")
		status = gateway.Push();
	else if (action == "push_add")
		status = gateway.PushAdd();
	else if (action == "async_push")
		status = gateway.AsyncPush().get();
	else if (action == "delete")
		status = gateway.Delete();
	else if (action == "delete_for_instance")
		status = gateway.DeleteForInstance();
	else
		return 2;
	std::cout << status << "\n";
	return 0;
}

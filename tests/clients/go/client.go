// SPDX-License-Identifier: Apache-2.0

// client URL ACTION: what a batch job does with Debian's Go client library, one action a run.
package main

import (
	"fmt"
	"math"
	"net/http"
	"os"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/push"
	"github.com/prometheus/common/expfmt"
)

func counter() prometheus.Collector {
	events := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "go_job_events_total", Help: "Events \"seen\" \\ here."}, []string{"kind"})
	events.WithLabelValues("a\"b\\c\nd").(prometheus.ExemplarAdder).AddWithExemplar(3, prometheus.Labels{"trace": "7f"})
	events.WithLabelValues("€").Add(0.5)
	return events
}

func gauges() prometheus.Collector {
	values := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "go_job_values", Help: "Odd values."}, []string{"value"})
	values.WithLabelValues("nan").Set(math.NaN())
	values.WithLabelValues("inf").Set(math.Inf(-1))
	values.WithLabelValues("big").Set(1.0 / 3 * 1e9)
	return values
}

func summary() prometheus.Collector {
	size := prometheus.NewSummary(prometheus.SummaryOpts{
		Name: "go_job_size", Help: "Sizes.", Objectives: map[float64]float64{0.5: 0.05, 0.9: 0.01}})
	for i := 1; i <= 10; i++ {
		size.Observe(float64(i))
	}
	return size
}

func histograms() []prometheus.Collector {
	classic := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "go_job_seconds", Help: "Steps.", Buckets: []float64{0.1, 1}})
	native := prometheus.NewHistogram(prometheus.HistogramOpts{
		Name: "go_job_native_seconds", Help: "Steps, in native buckets.",
		NativeHistogramBucketFactor: 1.1, NativeHistogramZeroThreshold: 0.001})
	for _, seconds := range []float64{0, 0.05, 0.5, 0.5, 100, -2} {
		native.Observe(seconds)
		classic.(prometheus.ExemplarObserver).ObserveWithExemplar(seconds, prometheus.Labels{"step": "load"})
	}
	return []prometheus.Collector{classic, native}
}

func untyped() prometheus.Collector {
	return prometheus.NewUntypedFunc(prometheus.UntypedOpts{
		Name: "go_job_state", Help: "A state."}, func() float64 { return 2 })
}

func everyType(p *push.Pusher) *push.Pusher {
	for _, histogram := range histograms() {
		p.Collector(histogram)
	}
	return p.Collector(counter()).Collector(gauges()).Collector(summary()).Collector(untyped())
}

func one(p *push.Pusher, name string) *push.Pusher {
	gauge := prometheus.NewGauge(prometheus.GaugeOpts{Name: name, Help: "One gauge."})
	gauge.Set(7)
	return p.Collector(gauge)
}

// A client that says which status came.
type teller struct{}

func (teller) Do(request *http.Request) (*http.Response, error) {
	answer, err := http.DefaultClient.Do(request)
	if err == nil {
		said := []any{request.Method, answer.StatusCode}
		if answer.ProtoMajor > 1 {
			said = append(said, answer.Proto)
		}
		fmt.Println(append(said, request.Header.Get("Authorization"))...)
	}
	return answer, err
}

func act(url, action string) error {
	job := push.New(url, "go").Grouping("zone", "eu 1/a").Client(teller{})
	switch action {
	case "push":
		return everyType(job).Push()
	case "push text":
		return everyType(job).Format(expfmt.FmtText).Push()
	case "push one":
		return one(job, "go_job_one").Push()
	case "add two":
		return one(job, "go_job_two").Add()
	case "add with a password":
		return one(job, "go_job_two").BasicAuth("user", "pass:word").Add()
	case "delete":
		return job.Delete()
	case "push the default registry":
		return job.Gatherer(prometheus.DefaultGatherer).Push()
	case "push odd values":
		return one(job.Grouping("empty", "").Grouping("path", "/var/tmp"), "go_job_one").Push()
	case "delete odd values":
		return job.Grouping("empty", "").Grouping("path", "/var/tmp").Delete()
	case "push another type":
		counter := prometheus.NewCounter(prometheus.CounterOpts{Name: "go_job_one"})
		return push.New(url, "other").Client(teller{}).Collector(counter).Push()
	}
	return fmt.Errorf("no such action: %s", action)
}

func main() {
	if err := act(os.Args[1], os.Args[2]); err != nil {
		fmt.Println(err)
	}
}

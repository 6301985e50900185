# SPDX-License-Identifier: Apache-2.0
# For newcomers; everything real is in CMake (CMakePresets.json) and scripts/.
#   make         the release binary, build/release/pushgateway
#   make run     the same, installing what it needs first, and serving on :9091 (ARGS="--help" for flags)
#   make check   a build with sanitizers, unit and system tests: two minutes
#   make test    everything; TESTFLAGS="-R text" picks, FUZZ_SECONDS=60 fuzzes longer
.PHONY: all run check test clean
all:
	@scripts/build release
run:
	@scripts/install-packages run
	@scripts/build release
	@exec build/release/pushgateway $(ARGS)
check:
	@scripts/install-packages run test
	@TESTFLAGS="-LE tidy $$TESTFLAGS" scripts/test dev
test:
	@scripts/install-packages run test
	@scripts/test release dev tsan fuzz
clean:
	rm -rf build

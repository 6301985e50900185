#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""sbom.py --binary PATH: scripts/sbom lists every library that is loaded, each with its package and version."""

import argparse
import json
import os
import re
import subprocess
import sys
import unittest

BINARY = None
SECONDS = 120
SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "scripts", "sbom")


def sbom():
    return subprocess.run([SCRIPT, BINARY], capture_output=True, text=True, timeout=SECONDS, check=True).stdout


class Sbom(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.text = sbom()
        cls.packages = json.loads(cls.text)["packages"]
        cls.relations = {(r["spdxElementId"], r["relationshipType"], r["relatedSpdxElement"])
                         for r in json.loads(cls.text)["relationships"]}

    def test_every_library_that_is_loaded_is_listed_with_its_version(self):
        loaded = subprocess.run(["ldd", BINARY], capture_output=True, text=True, timeout=SECONDS, check=True).stdout
        names = set(re.findall(r"^\s+(\S+) => /", loaded, re.M))
        self.assertGreater(len(names), 10)
        self.assertEqual({package.get("packageFileName") for package in self.packages[1:]}, names)
        for package in self.packages[1:]:
            installed = subprocess.run(["dpkg-query", "--show", "--showformat=${Version}\\n", package["name"]],
                                       capture_output=True, text=True, timeout=SECONDS, check=True).stdout
            self.assertIn(package["versionInfo"], installed.split("\n"))
            self.assertIn(f"/{package['name']}@", package["externalRefs"][0]["referenceLocator"])

    def test_the_program_is_described_and_names_its_own_libraries(self):
        self.assertEqual(self.packages[0]["name"], "pushgateway")
        self.assertIn(("SPDXRef-DOCUMENT", "DESCRIBES", self.packages[0]["SPDXID"]), self.relations)
        own = subprocess.run(["readelf", "-dW", BINARY], capture_output=True, text=True, timeout=SECONDS, check=True).stdout
        ids = {package.get("packageFileName"): package["SPDXID"] for package in self.packages}
        for name in re.findall(r"\(NEEDED\).*\[(lib.*)\]", own):
            self.assertIn((self.packages[0]["SPDXID"], "DYNAMIC_LINK", ids[name]), self.relations)

    def test_every_reference_leads_somewhere(self):
        ids = [package["SPDXID"] for package in self.packages]
        self.assertEqual(len(ids), len(set(ids)))
        for one, _, other in self.relations:
            self.assertIn(one, [*ids, "SPDXRef-DOCUMENT"])
            self.assertIn(other, ids)

    def test_it_is_the_same_each_time(self):
        self.assertEqual(sbom(), self.text)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    options, rest = parser.parse_known_args()
    BINARY = os.path.abspath(options.binary)
    unittest.main(argv=[sys.argv[0], *rest])

# SPDX-License-Identifier: Apache-2.0
"""Certificates made by openssl for one test run: an authority, and what it signs."""

import os
import subprocess

SECONDS = 20


def openssl(*arguments, text=None):
    done = subprocess.run(["openssl", *arguments], input=text, capture_output=True, text=True, timeout=SECONDS)
    if done.returncode:
        raise AssertionError(f"openssl {' '.join(arguments)}: {done.stderr}")
    return done.stdout


class Authority:
    """In `folder`: NAME.crt and NAME.key of the authority and of each certificate issued."""

    def __init__(self, folder, name="ca"):
        self.folder, self.name = folder, name
        self.serial = 0
        openssl("req", "-x509", *self._key(name), "-out", self.path(f"{name}.crt"), "-days", "30",
                "-subj", f"/CN={name}", "-addext", "keyUsage=critical,keyCertSign")

    def path(self, name):
        return os.path.join(self.folder, name)

    def _key(self, name):
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.path(f"{name}.key")]

    def issue(self, name, names="DNS:localhost,IP:127.0.0.1", days=30):
        """`days` below 0: it has expired."""
        self.serial += 1
        request = openssl("req", "-new", *self._key(name), "-subj", f"/CN={name}")
        extensions = self.path(f"{name}.ext")
        with open(extensions, "w", encoding="utf-8") as file:
            file.write(f"subjectAltName={names}\nextendedKeyUsage=serverAuth,clientAuth\n")
        openssl("x509", "-req", "-CA", self.path(f"{self.name}.crt"), "-CAkey", self.path(f"{self.name}.key"),
                "-set_serial", str(1000 + self.serial), "-days", str(days), "-extfile", extensions,
                "-out", self.path(f"{name}.crt"), text=request)

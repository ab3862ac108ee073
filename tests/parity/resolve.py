#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Compares the resolver with apt on random recipes: three popular and two
arbitrary packages each, into an empty root, without Recommends unless asked.

apt is asked with `apt-get -s` on a private state folder made from the host's
sources. A recipe that apt refuses is not counted, but a set of ours must then
be one that apt accepts when it is given whole; so must every set that differs."""

import argparse
import os
import random
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

POPULAR = """nginx apache2 mariadb-server postgresql redis-server supervisor cron git curl wget
openssh-server openssh-client sudo vim nano tmux rsync python3 python3-venv python3-pip python3-dev
build-essential gcc nodejs npm ruby php-fpm php-cli perl openjdk-17-jre-headless openjdk-21-jre-headless
golang docker.io podman systemd systemd-sysv dbus locales tzdata ca-certificates gnupg haproxy varnish
memcached rabbitmq-server postfix exim4 dovecot-imapd bind9 unbound chromium firefox-esr libreoffice-writer
imagemagick ffmpeg ghostscript wkhtmltopdf fontconfig fonts-dejavu-core certbot fail2ban ufw nftables
logrotate rsyslog snmpd zabbix-agent libmariadb-dev libpq-dev libssl-dev zlib1g-dev""".split()
ODD = re.compile(r"-(doc|dbg|dbgsym|udeb)$")


def arguments():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--driver", required=True, help="the built tests/parity/resolve.c")
    p.add_argument("--state", required=True, type=Path, help="folder for apt's private state; kept")
    p.add_argument("--suite", help="instead of the suites of the host's sources")
    p.add_argument("--count", type=int, default=25)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--recipes", type=Path, help="a file with one a line, instead of random ones")
    p.add_argument("--recommends", action="store_true")
    p.add_argument("--jobs", type=int, default=2)
    p.add_argument("--least", type=float, default=99.0, help="percentage of equal sets to insist on")
    return p.parse_args()


class Apt:
    """An apt that knows the host's archives and believes that nothing is installed."""

    def __init__(self, state, suite, recommends):
        self.state = state.resolve()
        self.recommends = "--install-recommends" if recommends else "--no-install-recommends"
        for folder in ("lists/partial", "cache/archives/partial", "sources"):
            (self.state / folder).mkdir(parents=True, exist_ok=True)
        (self.state / "status").touch()
        self.arch = subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()
        self.copy_sources(suite)
        if not suite and not any((self.state / "lists").glob("*Packages*")):
            self.copy_lists()
        config = self.state / "apt.conf"
        config.write_text(f"""Dir::State "{self.state}"; Dir::State::status "{self.state}/status";
Dir::State::extended_states "{self.state}/extended_states"; Dir::Cache "{self.state}/cache";
Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "{self.state}/sources";
Dir::Etc::preferences "/dev/null"; Dir::Etc::preferencesparts "/dev/null";
APT::Architecture "{self.arch}"; APT::Architectures "{self.arch}"; APT::Solver "internal";
APT::Sandbox::User "root"; Acquire::Languages "none"; Debug::NoLocking "true";
APT::Update::Post-Invoke-Success ""; APT::Update::Post-Invoke "";
#clear DPkg::Pre-Install-Pkgs;
""")
        # a container's configuration turns the binary cache off: each run would parse everything again
        self.options = ["-o", "Dir::Cache::pkgcache=pkgcache.bin", "-o", "Dir::Cache::srcpkgcache=srcpkgcache.bin"]
        self.env = dict(os.environ, APT_CONFIG=str(config), LC_ALL="C.UTF-8")

    def copy_sources(self, suite):
        """With another suite, its -updates and -security follow where the host's did."""
        etc = Path("/etc/apt")
        files = [etc / "sources.list", *sorted((etc / "sources.list.d").glob("*"))]
        for f in files:
            if not f.is_file() or f.suffix not in (".list", ".sources"):
                continue
            text = f.read_text()
            if suite:
                host = re.search(r"^VERSION_CODENAME=(\S+)", Path("/etc/os-release").read_text(), re.M)[1]
                text = re.sub(rf"\b{host}\b", suite, text)
            (self.state / "sources" / f.name).write_text(text)

    def copy_lists(self):
        """The host's own lists spare most of a download, and serve where there is no network."""
        for f in Path("/var/lib/apt/lists").glob("*_dists_*"):
            if re.search(r"(InRelease|Packages(\.\w+)?)$", f.name):
                shutil.copy2(f, self.state / "lists")

    def update(self):
        done = subprocess.run(["apt-get", *self.options, "update", "-qq"], env=self.env, text=True, capture_output=True)
        if not self.packages():
            sys.exit(f"apt has no Packages lists: {done.stderr.strip()}")

    def packages(self):
        out = subprocess.check_output(["apt-get", "indextargets", "--format", "$(FILENAME)", "Created-By: Packages"],
                                      env=self.env, text=True)
        return [name for name in out.split("\n") if name]

    def texts(self):
        """The Packages texts, uncompressed beside the lists, as file names."""
        names = []
        for i, name in enumerate(self.packages()):
            to = self.state / f"Packages.{i}"
            with open(to, "wb") as f:
                subprocess.run(["/usr/lib/apt/apt-helper", "cat-file", name], env=self.env, stdout=f, check=True)
            names.append(str(to))
        return names

    def install(self, names):
        """What it would install, or None where it refuses."""
        done = subprocess.run(["apt-get", *self.options, "install", "-s", "-qq", self.recommends, *names],
                              env=self.env, text=True, capture_output=True)
        if done.returncode:
            return None
        return {line.split()[1].split(":")[0] for line in done.stdout.split("\n") if line.startswith("Inst ")}


def read_names(texts):
    names, essential = set(), set()
    for text in texts:
        for line in open(text, encoding="utf-8"):
            if line.startswith("Package: "):
                name = line[9:-1]
                names.add(name)
            elif line == "Essential: yes\n":
                essential.add(name)
    return sorted(names), sorted(essential)


def make_recipes(names, count, seed):
    rng = random.Random(seed)
    popular = sorted(set(POPULAR) & set(names))
    pool = [n for n in names if not ODD.search(n)]
    return [rng.sample(popular, 3) + rng.sample(pool, 2) for _ in range(count)]


def ours(args, arch, texts, recipes):
    text = "".join(" ".join(r + ["+"] * args.recommends) + "\n" for r in recipes)
    out = subprocess.run([args.driver, arch, *texts], input=text, text=True, check=True, stdout=subprocess.PIPE).stdout
    return [line if line.startswith("!") else set(line.split()) for line in out.splitlines()]


def compare(apt, essential, recipe, got, want):
    """One word for the verdict, and a line about it where there is something to say."""
    refused = isinstance(got, str)
    if want is None and refused:
        return "both refuse", None
    if refused:
        return "only ours refuses", got
    if got == want:
        return "equal", None
    valid = apt.install(essential + sorted(got)) == got
    if want is None:
        return ("only apt refuses", None) if valid else ("invalid", "apt refuses our set")
    line = f"apt has {sorted(want - got)}, ours {sorted(got - want)}"
    return ("differs", line) if valid else ("invalid", line)


def main():
    args = arguments()
    if not shutil.which("apt-get"):
        sys.exit("apt-get is needed")
    apt = Apt(args.state, args.suite, args.recommends)
    apt.update()
    texts = apt.texts()
    names, essential = read_names(texts)
    if args.recipes:
        recipes = [line.split() for line in args.recipes.read_text().splitlines()]
    else:
        recipes = make_recipes(names, args.count, args.seed)
    mine = ours(args, apt.arch, texts, recipes)
    with ThreadPoolExecutor(args.jobs) as pool:
        theirs = list(pool.map(lambda r: apt.install(essential + r), recipes))
    tally = {}
    for recipe, got, want in zip(recipes, mine, theirs, strict=True):
        verdict, line = compare(apt, essential, recipe, got, want)
        tally[verdict] = tally.get(verdict, 0) + 1
        if line:
            print(f"{' '.join(recipe)}: {verdict}: {line}")
    print(", ".join(f"{count} {verdict}" for verdict, count in sorted(tally.items())))
    counted = sum(tally.get(v, 0) for v in ("equal", "differs", "invalid", "only ours refuses"))
    percent = 100 * tally.get("equal", 0) / max(counted, 1)
    print(f"{percent:.2f} % of the {counted} recipes that apt accepts have exactly its packages")
    return 0 if counted and percent >= args.least and "invalid" not in tally else 1


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a chain is made of: filters with options of any kind, each with what
undoes it, and what gives back what it got."""
import dataclasses
import os
import subprocess

TRICKLE = os.path.join(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))), "trickle")
ALONE = 'cd "$(mktemp -d ./XXXXXX)"'
LAYERS = "compressed", "checked", "sealed", "parts"


@dataclasses.dataclass
class Stage:
    """Commands are lists of words, or text for bash(1), run in the folder of
    the keys.  {T}, or $T in text: takes threads."""
    there: list | str
    back: list | str | None = None      # None: it changes nothing
    layer: str | None = None
    over: tuple = ()                    # outermost layers that it refuses
    opens: tuple = ()                   # options of rec-ls that open it
    stream: bool = True                 # no file, no process beside it


class Keys:
    """A folder with keys of each kind, made once."""

    def __init__(self, folder):
        self.folder = folder
        self.public = [self.made(n) for n in range(2)]
        os.chmod(folder, 0o700)
        self.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", "ssh")
        with open(f"{folder}/ssh.pub", encoding="ascii") as f:
            self.public.append(f.read().strip())
        self.run("minisign", "-GW", "-p", "sign.pub", "-s", "sign.key")
        for name, text in (("phrase", "a phrase\n"),
                           ("config", '{"c_info": {"name": "any"}}')):
            with open(f"{folder}/{name}", "w", encoding="ascii") as f:
                f.write(text)
        for name in "phrase", "sign.key":
            os.chmod(f"{folder}/{name}", 0o600)

    def run(self, *command):
        return subprocess.run(command, cwd=self.folder, check=True,
                              capture_output=True, text=True).stdout

    def made(self, n):
        self.run("age-keygen", "-o", f"key{n}")
        return self.run("age-keygen", "-y", f"key{n}").strip()

    def files(self):
        return "key0", "key1", "ssh"


def compress(r, keys):
    level = r.choice(("", "", "", "-1", "-3", f"-{r.randrange(2, 13)}",
                      f"--fast={r.choice((1, 4, 131072))}"))
    window = r.choice(("", "", "0", "1", "4K", "64K", "1M", "3M", "512M"))
    large = ["-M", "512M"] if window == "512M" else []
    return Stage(["rec-compress", "{T}"] + [level] * bool(level) +
                 (["--window", window] if window else []),
                 ["rec-compress", "-d", "{T}", *large], "compressed",
                 ("compressed", "sealed"), tuple(large))


def checksum(r, keys):
    there, back = ["rec-checksum", "{T}"], ["rec-checksum", "-d", "{T}"]
    there += ["--id", f"{r.getrandbits(128):032x}"]
    there += r.choice(([], [], ["-a", "crc32c"], ["-a", "blake2b"]))
    if r.random() < 0.2:
        there += ["--context", "x" * r.choice((1, 1024))]
    if r.random() < 0.2:
        number = r.randrange(2, 1 << 53)
        there += ["--sequence", str(number)]
    if r.random() < 0.1:
        there += ["--sign", "sign.key"]
        back += ["--verify", "sign.pub"]
    return Stage(there, back, "checked", ("checked",))


def encrypt(r, keys):
    there, back = ["rec-encrypt", "{T}"], ["rec-encrypt", "-d", "{T}"]
    if r.random() < 0.03:
        opens = ["--passphrase-file", "phrase"]
        there += opens
    else:
        some = r.sample(range(3), r.randrange(1, 4))
        for n in some:
            there += ["-r", keys.public[n]]
        opens = ["-i", keys.files()[r.choice(some)]]
    there += r.choice(([], [], ["--pad"]))
    there += r.choice(([], ["--chunk", r.choice(("64K", "1M", "16M"))]))
    there += r.choice(([], [], ["--cipher", "aes"], ["--cipher", "chacha"]))
    return Stage(there, back + opens, "sealed", ("sealed",), tuple(opens))


def one_part(r, keys):
    """A part that is large enough, whose bytes go on in the pipe."""
    return Stage(["rec-split", "{T}", *r.choice((["-b", "1G"], ["-n", "1"])),
                  "--filter", "exec cat", "x"],
                 ["rec-split", "-j", "{T}", r.choice("-/").replace(
                     "/", "/dev/stdin")], "parts", ("parts",))


def files(r, keys):
    """Parts in files, joined in any order."""
    cut = r.choice((f"-b {r.choice((64, 65, 200, 4096))}K",
                    f"-n {r.choice((1, 2, 3, 17))}"))
    order = r.choice(("", "", " | sort -r", " | sort -k 1.4"))
    if order == "" and cut[1] == "b":
        joined = "cat p*.rec | rec-split -j $T -"
    else:
        joined = f"rec-split -j $T $(ls p*.rec{order})"
    return Stage(f"{ALONE} && rec-split $T {cut} p && {joined}",
                 over=("parts",), stream=False)


def filters(r, keys):
    """One part behind the other to a command, and all in one pipe."""
    return Stage(f"rec-split $T -b {r.choice((64, 100, 1000))}K "
                 "--filter 'exec cat' x | rec-split -j $T -",
                 over=("parts",), stream=False)


def explode(r, keys):
    return Stage(f"{ALONE} && rec-split --explode d && rec-split --implode d",
                 stream=False)


def tee(r, keys):
    """The copy is what goes on."""
    return Stage(f"{ALONE} && rec-split --tee 'exec cat > copy' > first && "
                 "cmp first copy && cat copy", stream=False)


def lanes(r, keys):
    """Over some connections; the path of a socket is a short one."""
    lane = " --lane 'exec rec-split --feed \"$D/s\"'" * r.randrange(1, 5)
    return Stage(
        "export D=$(mktemp -d) && { "
        "rec-split --collect \"$D/s\" --timeout 60 & "
        f"rec-split $T{lane} --spool {r.choice((1, 64))}M; status=$?; "
        "wait $! && rmdir \"$D\" && exit $status; }", stream=False)


def trickle(r, keys):
    """Short reads and writes, of any size."""
    return Stage([TRICKLE, str(r.randrange(1 << 30)),
                  str(r.choice((700, 5000, 70000, 300000)))])


def edit(r, keys):
    return Stage(["rec-edit", "-fq", *r.choice((
        [], ["--drop", "index=99999999"], ["--keep", "index=0-99999999"],
        ["--drop", "pfn=0xfffffffffff"]))])


def convert(r, keys):
    return Stage(["rec-convert", "--to", "v3"])


def convert_checkpoints(r, keys):
    return Stage(["rec-convert", "--to", "v3", "--checkpoints"])


def wrap(r, keys):
    """An image alone in a stream of libxl's."""
    return Stage(["rec-convert", "--to", "libxl"],
                 ["rec-convert", "--to", "bare"], "other")


def wrap_libxl(r, keys):
    """That in a file of xl's."""
    return Stage(["rec-convert", "--to", "xl", "--config", "config"],
                 ["rec-convert", "--to", "libxl"], "other")


def renew(r, keys):
    """An image of version 2 as one of version 3."""
    return Stage(["rec-convert", "--to", "v3"],
                 ["rec-convert", "--to", "v2"], "other")


MAKERS = (compress, compress, checksum, checksum, encrypt, encrypt, one_part,
          edit, convert, convert_checkpoints, wrap, wrap_libxl, renew,
          files, filters, explode, tee, lanes, trickle)


def allowed(stream, layers, stage):
    """Whether the stage may come next, on a stream with these layers, the
    outermost last."""
    plain = not set(layers) & set(LAYERS)
    held = set(layers) & {"sealed", "parts"}    # no record of it is seen
    last = layers[-1] if layers else None
    word, *options = stage.there if isinstance(stage.there, list) else [""]
    if word == "rec-edit":      # pages are looked for in sound records only
        return plain and (stream.lawful or "pfn=" not in str(options))
    if word == "rec-convert" and stage.layer:
        return not layers and stream.lawful and {
            "libxl": stream.envelope == "image",
            "xl": stream.envelope == "libxl",
            "v3": stream.version == 2}[options[1]]
    if word == "rec-convert":
        return plain and stream.version == 3 and \
            stream.checkpoints == ("--checkpoints" in options)
    if stage.layer == "checked" and stream.checkpoints and not held:
        return False
    return last not in stage.over


def is_lawful(stream, chain):
    """Whether each may stand where it does."""
    return all(allowed(stream, layers_of(chain[:n]), stage)
               for n, stage in enumerate(chain))


def draw(r, stream, keys):
    """A chain of one to five stages."""
    chain, count = [], r.choice((1, 2, 2, 3, 3, 4, 5))
    while len(chain) < count:
        stage = r.choice(MAKERS)(r, keys)
        if allowed(stream, layers_of(chain), stage):
            chain.append(stage)
    return chain


def layers_of(chain):
    return [stage.layer for stage in chain if stage.layer]

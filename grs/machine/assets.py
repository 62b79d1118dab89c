"""Build `static/build/` from `static/src/` and the front-end libraries, if one of them changed.

Run by path (`.venv/bin/python grs/machine/assets.py`), standard library only. The Docker image
builds with it too.
"""

import hashlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "static/src"
BUILD = ROOT / "static/build"
MODULES = ROOT / "node_modules"
FONT = "@fontsource/noto-sans-bengali/files/noto-sans-bengali-bengali-{}-normal.woff2"
PRINTED = "@expo-google-fonts/{}/{}/{}_{}.ttf"
# What pages use of the libraries → where it lies in the build.
COPIES = {
    "govuk-frontend/dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    FONT.format(400): "fonts/noto-sans-bengali-bengali-400-normal.woff2",
    FONT.format(600): "fonts/noto-sans-bengali-bengali-600-normal.woff2",
    # Reports are typeset with these; no page asks for them.
    **{
        PRINTED.format(package, weight, name, weight): f"print/{name}-{weight}.ttf"
        for package, name in (("noto-sans", "NotoSans"), ("hind-siliguri", "HindSiliguri"))
        for weight in ("400Regular", "700Bold")
    },
}
SOURCE_MAP = re.compile(r"^(//|/\*)# sourceMappingURL=.*$", re.MULTILINE)


def main() -> None:
    """Build into a folder beside, then put it in place."""
    wanted = fingerprint()
    stamp = BUILD / ".built"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    draft = BUILD.with_name("build.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for source, target in COPIES.items():
        copy(MODULES / source, draft / target)
    for script in sorted(SOURCE.glob("*.js")):
        copy(script, draft / script.name)
    for sheet in sorted(SOURCE.glob("[!_]*.scss")):
        compile_sass(sheet, draft / f"{sheet.stem}.css")
    (draft / ".built").write_text(wanted)
    shutil.rmtree(BUILD, ignore_errors=True)
    draft.rename(BUILD)


def fingerprint() -> str:
    """A digest of all that the build is made of."""
    digest = hashlib.sha256((ROOT / "package-lock.json").read_bytes())
    digest.update(Path(__file__).read_bytes())
    for path in sorted(SOURCE.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(SOURCE)).encode() + path.read_bytes())
    return digest.hexdigest()


def copy(source: Path, target: Path) -> None:
    """Copy a file or folder; scripts and styles lose the mention of a map that isn't shipped."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    elif source.suffix in {".js", ".css"}:
        target.write_text(SOURCE_MAP.sub("", source.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        shutil.copyfile(source, target)


def compile_sass(source: Path, target: Path) -> None:
    """Compile the style sheet, compressed; exits with Sass's words on a mistake."""
    node = Path(sys.executable).parent / "node"
    command = [str(node) if node.exists() else "node", str(MODULES / "sass/sass.js")]
    options = ["--style=compressed", "--no-source-map", "--quiet-deps", f"--load-path={MODULES}"]
    done = subprocess.run([*command, *options, str(source), str(target)], check=False)
    if done.returncode != 0:
        sys.exit(done.returncode)


if __name__ == "__main__":
    main()

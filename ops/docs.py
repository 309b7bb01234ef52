"""`make docs`: the pages of docs/ as a site under VAR_DIR/docs; a link that leads nowhere fails it."""

from __future__ import annotations

import os
import subprocess

from ops import environment, setup, system


def build(arguments: list[str]) -> int:
    """Build the site; further words go to sphinx-build. Returns its exit code: warnings are errors."""
    environ = os.environ.copy()
    system.ensure(system.needs(server=False, browser=False))
    with setup.one_at_a_time():
        setup.install_python_packages(tests=False)
        setup.install_listed("requirements-docs")
    target = environment.var_dir(environ) / "docs"
    command = [str(setup.PYTHON), "-m", "sphinx", "--fail-on-warning", "--keep-going", "--quiet", *arguments]
    code = subprocess.run([*command, str(environment.ROOT / "docs"), str(target)], cwd=environment.ROOT).returncode
    if code == 0:
        print(f"The documentation is at {target / 'index.html'}")
    return code

"""The text of a standard or a rule, of which fingerprints are made, is the same in every process."""

import os
import subprocess
import sys
from dataclasses import replace

from river_monitoring.standard.assessment_rule import HJ_2020_82
from river_monitoring.standard.canonical import canonical
from river_monitoring.standard.evaluation import GB3838_2002

SAYS = """
from river_monitoring.standard.assessment_rule import HJ_2020_82
from river_monitoring.standard.canonical import canonical
from river_monitoring.standard.evaluation import GB3838_2002
print(canonical(HJ_2020_82) + canonical(GB3838_2002))
"""


def said_with(seed: str) -> str:
    """What a process of its own says, whose sets are in the order that the seed gives."""
    found = subprocess.run(
        [sys.executable, "-c", SAYS],
        env=os.environ | {"PYTHONHASHSEED": seed},
        check=True,
        capture_output=True,
        text=True,
    )
    return found.stdout


def test_two_processes_with_other_hashes_say_the_same() -> None:
    first, second = said_with("1"), said_with("2")
    assert first == second and '"nine_plus_x"' in first and '"parameters"' in first


def test_every_change_of_a_number_or_an_item_changes_it() -> None:
    usual = canonical(HJ_2020_82)
    assert canonical(replace(HJ_2020_82, hydrogen_mean=frozenset({"ph", "do"}))) != usual
    assert canonical(replace(HJ_2020_82, non_detect=HJ_2020_82.non_detect * 2)) != usual
    other = replace(GB3838_2002["tp"], limits={"river": GB3838_2002["tp"].limits["lake"]})
    parameters = {**GB3838_2002.parameters, "tp": other}
    assert canonical(replace(GB3838_2002, parameters=parameters)) != canonical(GB3838_2002)

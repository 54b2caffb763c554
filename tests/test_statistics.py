"""The numbers that the papers state are counted again; a wrong one would be seen."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from kg import namespaces as ns
from kg.config import shipped
from kg.snapshot import Snapshot
from kg.statistics import Recomputed, recompute

QUERIES = shipped("queries")

# As printed in the Discussion of Baek 2021: value, numerator, denominator.
PRINTED = {
    "cases": ("15", None, None),
    "mean-age": ("40.2", None, None),
    "under-20": (None, 4, 15),
    "men": ("66.7", 10, 15),
    "any-extremity": (None, 15, 15),
    "one-extremity": (None, 4, 15),
    "onset-in-remission": ("73.3", 11, 15),
}
UNCOUNTED = {
    *(("baek-2021", name) for name in ("sensory-deficit", "motor-weakness", "autonomic-deficit")),
    *(("hangai-2014", f"childhood-all-relapse-{end}") for end in ("lower", "upper")),
    ("hangai-2014", "remission-before-admission"),
}


@pytest.fixture(scope="module", name="found")
def _found(snapshot: Snapshot) -> dict[tuple[str, str], Recomputed]:
    return {(item.paper, item.id): item for item in recompute(snapshot, QUERIES)}


def numbers(value: str | None, numerator: int | None, denominator: int | None) -> dict[str, Decimal]:
    given = {"value": value, "numerator": numerator, "denominator": denominator}
    return {key: Decimal(number) for key, number in given.items() if number is not None}


@pytest.mark.parametrize("name", PRINTED)
def test_a_counted_number_is_the_printed_one(found: dict[tuple[str, str], Recomputed], name: str) -> None:
    item, printed = found["baek-2021", name], numbers(*PRINTED[name])
    assert item.stated == printed
    assert printed.items() <= item.counted.items()
    assert item.agrees is True
    assert item.measure


def test_all_other_numbers_have_nothing_to_be_counted_from(found: dict[tuple[str, str], Recomputed]) -> None:
    rest = {key: item for key, item in found.items() if key not in {("baek-2021", name) for name in PRINTED}}
    assert set(rest) == UNCOUNTED
    assert all(item.stated and not item.counted and item.agrees is None for item in rest.values())


def test_the_ages_of_the_table_give_the_printed_mean() -> None:
    ages = [17, 51, 65, 52, 71, 48, 24, 63, 33, 10, 21, 44, 18, 16, 70]
    assert round(Decimal(sum(ages)) / len(ages), 1) == Decimal(PRINTED["mean-age"][0] or 0)


@pytest.mark.parametrize(
    ("name", "predicate", "wrong"),
    [("mean-age", "value", "40.3"), ("men", "numerator", "9"), ("under-20", "denominator", "14")],
)
def test_a_wrong_number_is_reported_as_differing(snapshot: Snapshot, name: str, predicate: str, wrong: str) -> None:
    statistic = NamedNode(f"{ns.reference('baek-2021')}/statistic/{name}")
    store = Store()
    store.bulk_extend(snapshot.store)
    stated = list(store.quads_for_pattern(statistic, NamedNode(ns.term(predicate)), None))
    assert len(stated) == 2  # in the graph of the paper and in the union
    for quad in stated:
        assert isinstance(quad.object, Literal)
        store.remove(quad)
        store.add(Quad(quad.subject, quad.predicate, Literal(wrong, datatype=quad.object.datatype), quad.graph_name))
    altered = {item.id: item for item in recompute(Snapshot(snapshot.folder, snapshot.manifest, store), QUERIES)}
    assert altered[name].stated[predicate] == Decimal(wrong)
    assert [item.id for item in altered.values() if item.agrees is False] == [name]


@pytest.mark.parametrize(
    ("stated", "counted", "agrees"),
    [
        ({"value": "66.7"}, {"value": "66.70"}, True),
        ({"value": "66.7", "numerator": "10"}, {"value": "66.7", "numerator": "11"}, False),
        ({"value": "66.7"}, {"numerator": "10"}, None),
        ({"numerator": "2"}, {}, None),
        ({"numerator": "2"}, {"numerator": "2", "denominator": "15"}, True),
    ],
)
def test_agreement_is_over_what_is_both_stated_and_counted(
    stated: dict[str, str], counted: dict[str, str], agrees: bool | None
) -> None:
    exact = ({key: Decimal(text) for key, text in side.items()} for side in (stated, counted))
    assert Recomputed("one-2020", "men", "men", "%", *exact).agrees is agrees

"""Which of the sites that were found are told of: an organ and not the region around it, a part and not the whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kg.extract.nearby import above, between
from kg.extract.reading import Reading
from kg.extract.site_cues import OWN, STRONG, Site, site_rules
from kg.extract.site_places import is_region


def chosen(reading: Reading, found: Sequence[Site]) -> Iterator[Site]:
    """All, but what is wider than another one, and a region or soft tissue only if no organ was found."""
    soft = site_rules().all["soft"]
    organs = [one for one in found if one.concept != soft and not is_region(reading, one.concept)]
    for one in found:
        if _is_wider(reading, one, found) or _is_only_where(reading, one, found):
            continue
        if is_region(reading, one.concept) and _is_around(reading, one, organs, found):
            continue
        if one.concept == soft and _is_sample(reading, one, found):
            continue
        yield one


def _is_wider(reading: Reading, one: Site, found: Sequence[Site]) -> bool:
    """Whether a part of the site is told of, and the site itself not as one beside it."""
    finer = any(o.concept != one.concept and one.concept in above(reading.vocabulary, o.concept) for o in found)
    return finer and (one.score < STRONG or one.concept not in site_rules().all["kept"])


def _is_around(reading: Reading, one: Site, organs: Sequence[Site], found: Sequence[Site]) -> bool:
    """Whether a region is only where an organ is, or where the skin is."""
    skins = site_rules().all["skins"]
    if one.score < STRONG and organs and not any(_side_by_side(reading, one, o, strict=True) for o in organs):
        return True
    if one.score < OWN and any(o.concept in skins for o in found):
        return True
    return any(o.concept in skins for o in found if o.mention.sentence == one.mention.sentence)


def _is_only_where(reading: Reading, one: Site, found: Sequence[Site]) -> bool:
    """Whether a site is only where another one is; weakly, if the two are not listed side by side."""
    rule = site_rules().all
    if {o.concept for o in found}.intersection(rule["beside"].get(one.concept, ())):
        return True
    if one.score >= OWN:
        return False
    finer = [o for o in found if o.concept in rule["beside_weakly"].get(one.concept, ())]
    return bool(finer) and not any(_side_by_side(reading, one, o) for o in finer)


def _side_by_side(reading: Reading, one: Site, other: Site, *, strict: bool = False) -> bool:
    """Whether two sites are listed; ``strict`` if nothing else may stand between."""
    if one.mention.sentence != other.mention.sentence:
        return False
    left, right = sorted((one.mention, other.mention), key=lambda mention: mention.first)
    gap = between(reading.sentence(one.mention), left, right)
    if strict and set(gap) - set(site_rules().all["lists"]["words"]) - {"and", ","}:
        return False
    return "and" in gap or "," in gap


def _is_sample(reading: Reading, one: Site, found: Sequence[Site]) -> bool:
    """Whether soft tissue is only what was sampled or seen of another place."""
    if all(o.concept == one.concept for o in found):
        return False
    words = reading.sentence(one.mention).words
    near = {word.plain for word in words[one.mention.last + 1 : one.mention.last + 3]}
    near |= {word.plain for word in words[max(0, one.mention.first - 2) : one.mention.first]}
    here = [m for m in (*reading.mentions, *reading.at_large) if m.sentence == one.mention.sentence]
    beside = any(m.last == one.mention.first - 1 and m.concept in {o.concept for o in found} for m in here)
    return beside or not near.isdisjoint(site_rules().all["sampled"])

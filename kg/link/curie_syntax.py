"""Whether the CURIEs of a mapping set are written as the Bioregistry says that those of their terminology are.

The registry's data are inside the package ``bioregistry``; nothing is looked up on the network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kg.errors import MappingError

NAMED_OTHERWISE = MappingProxyType({"DCM": "dicom"})
"""Prefixes that the registry knows by another name. DICOM's own standard calls its code scheme DCM (PS3.16)."""

OWN_PATTERNS = MappingProxyType(
    {"dicom": r"\d+|[A-Z][A-Z0-9]{0,15}", "oncotree": r"[A-Z][A-Z0-9_]*", "ucum": r"[!-~]+"}
)
"""Patterns instead of the registry's. For OncoTree and UCUM it has none: a code of OncoTree is upper-case letters,
digits and “_”; a unit of UCUM is a run of the ASCII characters 33 to 126, its grammar being no regular one. For DICOM
it has digits alone, but PS3.16 defines CT, EMG or F beside 113014: a code value has at most 16 characters."""


class CurieSyntax:
    """The registry, asked about the prefixes of one mapping set.

    Raises:
        MappingError: the package ``bioregistry`` is not installed.
    """

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        try:
            import bioregistry  # at its use: both come with the extra “link” and take a while to load
            import curies
        except ImportError as error:
            message = "Checking CURIEs needs the Bioregistry. Run: pip install 'sanctuary-kg[link]'"
            raise MappingError(message) from error
        self._prefixes = prefixes
        self._registry = bioregistry
        self._converter = curies.Converter.from_prefix_map(dict(prefixes), strict=False)
        self._patterns: dict[str, re.Pattern[str] | None] = {}

    def prefix_faults(self) -> Iterator[tuple[str, str]]:
        """Prefixes whose IRI belongs to another prefix as well, with the other one."""
        owner: dict[str, str] = {}
        for prefix, iri in self._prefixes.items():
            if (first := owner.setdefault(iri, prefix)) != prefix:
                yield prefix, first

    def fault(self, curie: str, iri: str) -> str:
        """What is wrong with a CURIE, as the end of a sentence; empty if nothing is."""
        prefix, _, local = curie.partition(":")
        known = NAMED_OTHERWISE.get(prefix) or self._registry.normalize_prefix(prefix)
        if known is None:
            return f"the Bioregistry has no prefix “{prefix}”"
        if prefix not in self._patterns:
            text = OWN_PATTERNS.get(known) or self._registry.get_pattern(known)
            self._patterns[prefix] = re.compile(text) if text else None
        pattern = self._patterns[prefix]
        if pattern is not None and not pattern.fullmatch(local):
            return f"“{local}” is not written as the Bioregistry has it for {known}: {pattern.pattern}"
        back = self._converter.parse_uri(iri)
        if back is not None and back.prefix != prefix:
            return f"its IRI, {iri}, reads back as {back.curie}"
        return ""

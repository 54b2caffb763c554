"""The papers behind an answer, and how reference managers take them: CSL-JSON, BibTeX and RIS.

`references_behind` finds the papers, `csl_items` reads what the graph has of them, and `bibtex` and `ris` write items
for other programs. What the graph does not have is left out; nothing is made up.
"""

from kg.bibliography.bibtex import bibtex
from kg.bibliography.items import csl_items
from kg.bibliography.references import references_behind
from kg.bibliography.ris import ris

__all__ = ["bibtex", "csl_items", "references_behind", "ris"]

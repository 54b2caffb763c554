"""From what was found in a document to a draft record, and to flat JSON."""

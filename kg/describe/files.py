"""Where a snapshot keeps what it says of itself; apart from what writes it, so that the server loads only this."""

DUMPS = "dumps"
"""The folder of the files to download; the manifest lists them under the same name."""
DATASET_JSONLD = "dataset.jsonld"
"""The description for search engines."""

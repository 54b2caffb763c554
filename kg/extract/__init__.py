"""From a document to draft cases: what a report says of its patients, each value with its place and a confidence."""

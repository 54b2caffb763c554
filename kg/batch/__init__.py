"""Extraction over many documents: streamed in, spread over processes or a cluster, written down so that it can go on.

`kg.batch.inputs` gives the documents of files, folders and archives one by one, `kg.batch.work` makes one of them a
result, `kg.batch.crew` and `kg.batch.cluster` have that done elsewhere, `kg.batch.folder` writes results down, and
`kg.batch.run` ties them together with a bounded number of documents on the way.
"""

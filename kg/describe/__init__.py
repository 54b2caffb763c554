"""What the dataset says of itself: the metadata graph, the files to download, and the same for search engines.

All of it is made from the quads of the other graphs while they are built, without a clock and without blank nodes, so
that it is as reproducible as they are.
"""

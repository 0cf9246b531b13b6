"""The wheelhouse: every file that an image's build will download, got once, kept by its hash, whatever the network does."""

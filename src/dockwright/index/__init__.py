"""What the package index knows: releases, wheels and their tags, sizes, metadata; resolution by uv; a cache on disk."""
